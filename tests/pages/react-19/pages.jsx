// Passcode fields of libraries for React 19. Each page states its expected outcome.
import {useState} from "react";
import {createRoot} from "react-dom/client";
import {MantineProvider, PinInput as MantinePin, TextInput} from "@mantine/core";
import {PinInput as ArkPin} from "@ark-ui/react/pin-input";
import {ChakraProvider, PinInput as ChakraPin, defaultSystem} from "@chakra-ui/react";
import {InputOTP as HeroOtp} from "@heroui/react";
import heroStyle from "./node_modules/@heroui/styles/dist/heroui.min.css";
import mantineStyle from "@mantine/core/styles.css";
import {MuiOtpInput} from "mui-one-time-password-input";

const send = code => window.sent.push(code);

const Mantine = ({children}) => <MantineProvider><style>{mantineStyle}</style><h2>Two-factor authentication</h2>{children}</MantineProvider>;

const Ark = ({length, heading, onComplete}) => (
  <ArkPin.Root onValueComplete={({valueAsString}) => onComplete(valueAsString)} otp count={length}>
    <ArkPin.Label>{heading}</ArkPin.Label>
    <ArkPin.Control>{Array.from({length}, (_, at) => <ArkPin.Input key={at} index={at} />)}</ArkPin.Control>
    <ArkPin.HiddenInput />
  </ArkPin.Root>
);

const Chakra = ({length, heading}) => {
  const [code, change] = useState([]);
  return (
    <ChakraProvider value={defaultSystem}>
      <h1>{heading}</h1>
      <ChakraPin.Root otp count={length} value={code} onValueChange={({value}) => change(value)} onValueComplete={({valueAsString}) => send(valueAsString)}>
        <ChakraPin.HiddenInput />
        <ChakraPin.Control>{Array.from({length}, (_, at) => <ChakraPin.Input key={at} index={at} />)}</ChakraPin.Control>
      </ChakraPin.Root>
    </ChakraProvider>
  );
};

const Hero = ({length, heading}) => {
  const [code, change] = useState("");
  return (
    <main>
      <style>{heroStyle}</style>
      <h1>{heading}</h1>
      <HeroOtp maxLength={length} value={code} onChange={change} onComplete={send}>
        <HeroOtp.Group>{Array.from({length}, (_, at) => <HeroOtp.Slot key={at} index={at} />)}</HeroOtp.Group>
      </HeroOtp>
    </main>
  );
};

const Controlled = () => {
  const [code, change] = useState("");
  return <label>Authenticator code <input value={code} onChange={event => change(event.target.value)} maxLength={6} /></label>;
};

const Mui = () => {
  const [code, change] = useState("");
  return <div><h2>Enter your authentication code</h2><MuiOtpInput value={code} onChange={change} length={6} onComplete={send} /></div>;
};

const pages = {
  "Mantine PinInput": {expect: "filled", submits: 1, draw: () => <Mantine><MantinePin length={6} oneTimeCode onComplete={send} /></Mantine>},
  "Mantine PinInput for numbers": {expect: "filled", submits: 1, draw: () => <Mantine><MantinePin length={6} type="number" onComplete={send} /></Mantine>},
  "Ark PinInput": {expect: "filled", submits: 1, draw: () => <Ark length={6} heading="One-time code" onComplete={send} />},
  "mui-one-time-password-input": {expect: "filled", submits: 1, draw: () => <Mui />},
  "Chakra PinInput": {expect: "filled", submits: 1, draw: () => <Chakra length={6} heading="Enter the code from your authenticator app" />},
  "HeroUI InputOTP": {expect: "filled", submits: 1, draw: () => <Hero length={6} heading="Enter the code from your authenticator app" />},
  "a controlled field of React 19": {expect: "filled", submits: 0, draw: () => <Controlled />},
  "Mantine PinInput of four": {expect: "fill_no_field", draw: () => <Mantine><MantinePin length={4} onComplete={send} /></Mantine>},
  "Mantine TextInput for a coupon": {expect: "fill_no_field", draw: () => <Mantine><TextInput label="Coupon code" maxLength={6} /></Mantine>},
  "Chakra PinInput for a sent code": {expect: "fill_no_field", draw: () => <Chakra length={6} heading="Check your phone: we sent you a code" />},
  "HeroUI InputOTP of four": {expect: "fill_no_field", draw: () => <Hero length={4} heading="Enter the code from your authenticator app" />},
  "Ark PinInput of four": {expect: "fill_no_field", draw: () => <Ark length={4} heading="One-time code" onComplete={send} />},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
const page = pages[decodeURIComponent(location.hash.slice(1))];
if (page) {
  createRoot(document.getElementById("root")).render(page.draw());
}
