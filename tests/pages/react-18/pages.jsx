// Passcode fields of libraries for React 18, and Casdoor's own forms that resemble them. Each page states its expected outcome;
// `submits` counts automatic submissions after the code was filled.
import {useState} from "react";
import {createRoot} from "react-dom/client";
import {Button, Form, Input} from "antd";
import {Button as Button524, Form as Form524, Input as Input524} from "antd-5.24";
import {Button as Button52, Form as Form52, Input as Input52} from "antd-5.2";
import {OTPInput} from "input-otp";
import OtpInput from "react-otp-input";
import * as react18InputOtp from "react18-input-otp";

const OtpInput18 = [react18InputOtp, react18InputOtp.default, react18InputOtp.default?.default].find(one => typeof one === "function");
const send = code => window.sent.push(typeof code === "string" ? code : code.passcode);

/** Six cells as in Casdoor's form, which submits automatically when the last one is filled. */
const Cells = ({F, I, B}) => {
  const [form] = F.useForm();
  return (
    <F form={form} onFinish={send}>
      <p>Multi-factor authentication</p>
      <F.Item name="passcode"><I.OTP onChange={() => form.submit()} /></F.Item>
      <B htmlType="submit">Next Step</B>
    </F>
  );
};

const Single = () => (
  <Form52 onFinish={send}>
    <p>Multi-factor authentication</p>
    <Form52.Item name="passcode"><Input52 autoComplete="off" placeholder="Passcode" /></Form52.Item>
    <Button52 htmlType="submit">Next Step</Button52>
  </Form52>
);

const Sms = () => (
  <Form>
    <div>You have enabled Multi-Factor Authentication, Please click &apos;Get Code&apos; to continue</div>
    <Form.Item name="passcode"><Input className="verification-code-input" autoComplete="one-time-code" placeholder="Enter your code" /></Form.Item>
    <Button>Get Code</Button>
  </Form>
);

const Radius = () => (
  <Form>
    <div>You have enabled Multi-Factor Authentication, please enter the RADIUS password</div>
    <Form.Item name="passcode" noStyle><Input placeholder="Password" /></Form.Item>
  </Form>
);

const Push = () => (
  <Form>
    <div>You have enabled Multi-Factor Authentication, please enter the verification code from push notification</div>
    <Form.Item name="passcode" noStyle><Input placeholder="Verification code" /></Form.Item>
  </Form>
);

const Recovery = () => (
  <div>
    <div>Multi-factor recover</div>
    <div>If you cannot access your device, enter your multi-factor authentication recovery code to confirm your identity</div>
    <Input size="large" type="passcode" placeholder="Recovery code" />
    <Button>Verify</Button>
  </div>
);

const Slots = () => (
  <div>
    <h2>Two-factor authentication</h2>
    <OTPInput maxLength={6} onComplete={send} render={({slots}) => <div>{slots.map((slot, at) => <i key={at}>{slot.char ?? "·"}</i>)}</div>} />
  </div>
);

const Plain = ({children}) => {
  const [code, change] = useState("");
  return <div><h2>Enter your authentication code</h2>{children(code, change)}</div>;
};

const sendWhenWhole = change => code => {
  change(code);
  if (code.length === 6) {
    send(code);
  }
};

const pages = {
  "antd 6.3.5, six labelled cells": {expect: "filled", submits: 1, draw: () => <Cells F={Form} I={Input} B={Button} />},
  "antd 5.24.1, six bare cells": {expect: "filled", submits: 1, draw: () => <Cells F={Form524} I={Input524} B={Button524} />},
  "antd 5.2.3, one input": {expect: "filled", submits: 0, draw: () => <Single />},
  "input-otp": {expect: "filled", submits: 1, draw: () => <Slots />},
  "react18-input-otp": {
    expect: "filled", submits: 1,
    draw: () => <Plain>{(code, change) => <OtpInput18 value={code} onChange={sendWhenWhole(change)} numInputs={6} />}</Plain>,
  },
  "react-otp-input": {
    expect: "filled", submits: 1,
    draw: () => <Plain>{(code, change) => <OtpInput value={code} onChange={sendWhenWhole(change)} numInputs={6} renderInput={props => <input {...props} />} />}</Plain>,
  },
  "a controlled field that takes digits only": {
    expect: "filled", submits: 0,
    draw: () => <Plain>{(code, change) => <input value={code} name="otp" onChange={event => change(event.target.value.replace(/\D/g, "").slice(0, 6))} />}</Plain>,
  },
  "a controlled field that writes 3 + 3": {
    expect: "filled", submits: 0,
    draw: () => <Plain>{(code, change) => <input value={code} name="otp" onChange={event => change(event.target.value.replace(/\D/g, "").replace(/^(\d{3})(\d+)$/, "$1 $2"))} />}</Plain>,
  },
  "Casdoor's SMS form": {expect: "fill_no_field", draw: () => <Sms />},
  "Casdoor's RADIUS form": {expect: "fill_no_field", draw: () => <Radius />},
  "Casdoor's push form": {expect: "fill_no_field", draw: () => <Push />},
  "Casdoor's recovery form": {expect: "fill_no_field", draw: () => <Recovery />},
};

window.sent = [];
window.expectations = Object.entries(pages).map(([name, {expect, submits = 0}]) => ({name, expect, submits}));
const page = pages[decodeURIComponent(location.hash.slice(1))];
if (page) {
  createRoot(document.getElementById("root")).render(page.draw());
}
