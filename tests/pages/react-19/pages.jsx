// Passcode fields of libraries for React 19. Each page states its expected outcome.
import {useState} from "react";
import {createRoot} from "react-dom/client";
import {MantineProvider, PinInput as MantinePin, TextInput} from "@mantine/core";
import {PinInput as ArkPin} from "@ark-ui/react/pin-input";
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
  "a controlled field of React 19": {expect: "filled", submits: 0, draw: () => <Controlled />},
  "Mantine PinInput of four": {expect: "fill_no_field", draw: () => <Mantine><MantinePin length={4} onComplete={send} /></Mantine>},
  "Mantine TextInput for a coupon": {expect: "fill_no_field", draw: () => <Mantine><TextInput label="Coupon code" maxLength={6} /></Mantine>},
  "Ark PinInput of four": {expect: "fill_no_field", draw: () => <Ark length={4} heading="One-time code" onComplete={send} />},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
const page = pages[decodeURIComponent(location.hash.slice(1))];
if (page) {
  createRoot(document.getElementById("root")).render(page.draw());
}
