// The second factor: one form per type, the recovery code, and the links between them.
import {useState} from "react";
import {Button, Checkbox, Form, Input, Space, message} from "ui";
import {SafetyOutlined, UserOutlined} from "icons";
import {texts} from "./texts.js";

const remembers = () => document.body.dataset.remembers === "true";

const Remember = ({hours}) => remembers() && (
  <Form.Item name="enableMfaRemember" valuePropName="checked">
    <Checkbox>{texts.remember(hours)}</Checkbox>
  </Form.Item>
);

const Next = () => (
  <Form.Item>
    <Button block type="primary" htmlType="submit">{texts.next}</Button>
  </Form.Item>
);

// The passcode field of the release: six cells that submit the form automatically when all are filled, or a single
// field with a button.
export const TotpField = ({form}) => (
  <Form.Item name="passcode" rules={[{required: true, message: "Please input your passcode!"}]}>
    {SHAPE === "single"
      ? <Input prefix={<UserOutlined />} placeholder="Passcode" autoComplete="off" />
      : <Input.OTP length={6} onChange={() => form.submit()} />}
  </Form.Item>
);

const TotpForm = ({hours, onPasscode}) => {
  const [form] = Form.useForm();
  return (
    <Form form={form} onFinish={onPasscode}>
      <TotpField form={form} />
      <Remember hours={hours} />
      <Next />
    </Form>
  );
};

// The form for a code that a real server would send. The mock server sends nothing and shows the code instead.
const SentCodeForm = ({factor, hours, onPasscode}) => {
  const [form] = Form.useForm();
  const isSms = factor.mfaType === "sms";
  return (
    <Form form={form} onFinish={onPasscode} initialValues={{dest: factor.secret}}>
      <div>{isSms ? "Your phone is" : "Your email is"} {factor.secret}</div>
      <Space.Compact style={{width: "100%", display: "none"}}>
        <Form.Item name="dest" noStyle rules={[{required: true}]}>
          <Input status="success" prefix={<UserOutlined />} placeholder={isSms ? "Phone" : "Email"} />
        </Form.Item>
      </Space.Compact>
      <Form.Item>
        <Space.Compact style={{width: "100%"}}>
          <Form.Item name="passcode" noStyle>
            <SentCodeInput />
          </Form.Item>
          <Button type="primary" onClick={() => message.info("Nothing is sent here: the code is 123456")}>Get Code</Button>
        </Space.Compact>
      </Form.Item>
      <Remember hours={hours} />
      <Next />
    </Form>
  );
};

export const SentCodeInput = ({value, onChange}) => (
  <Input className="verification-code-input" prefix={<SafetyOutlined />} placeholder="Enter your code" autoComplete="one-time-code" value={value} onChange={onChange} />
);

// RADIUS and push: a text field that is also named passcode but does not take a one-time password.
const TextForm = ({placeholder, hours, onPasscode}) => (
  <Form onFinish={onPasscode}>
    <Form.Item name="passcode" noStyle rules={[{required: true}]}>
      <Input placeholder={placeholder} />
    </Form.Item>
    <Remember hours={hours} />
    <Next />
  </Form>
);

const forms = {
  app: [texts.totpHint, props => <TotpForm {...props} />],
  sms: [texts.codeHint, props => <SentCodeForm {...props} />],
  email: [texts.codeHint, props => <SentCodeForm {...props} />],
  radius: [texts.radiusHint, props => <TextForm placeholder="Password" {...props} />],
  push: [texts.pushHint, props => <TextForm placeholder="Verification code" {...props} />],
};

// Casdoor has no texts for the links to RADIUS and push, so they are empty buttons.
const linkTexts = {sms: texts.useSms, email: texts.useEmail, app: texts.useApp};

const Heading = ({title, hint}) => (
  <>
    <div style={{fontSize: 24, textAlign: "center", marginBottom: 24}}>{title}</div>
    <div style={{textAlign: "center", marginBottom: 24}}>{hint}</div>
  </>
);

const Verify = ({factor, onPasscode, onRecovery}) => {
  const [hint, draw] = forms[factor.mfaType];
  return (
    <div style={{width: 310, margin: "0 auto"}}>
      <Heading title={texts.title} hint={hint} />
      {draw({factor, hours: factor.mfaRememberInHours, onPasscode})}
      <span>{texts.problems}<a onClick={onRecovery}>{texts.useRecovery}</a></span>
    </div>
  );
};

const Recover = ({onCode, onBack}) => {
  const [code, setCode] = useState("");
  return (
    <div style={{width: 310, margin: "0 auto"}}>
      <Heading title="Multi-factor recover" hint="If you cannot access your device, enter your multi-factor authentication recovery code to confirm your identity" />
      <Input type="passcode" size="large" placeholder="Recovery code" value={code} onChange={event => setCode(event.target.value)} />
      <Button style={{width: "100%", marginTop: 24}} size="large" type="primary" onClick={() => onCode(code)}>Verify</Button>
      <span>{texts.problems}<a onClick={onBack}>Use SMS verification code</a></span>
    </div>
  );
};

const Links = ({factors, chosen, choose}) => (
  <div>
    {factors.filter(({mfaType}) => mfaType !== chosen).map(({mfaType}) => (
      <div key={mfaType}><Button type="link" onClick={() => choose(mfaType)}>{linkTexts[mfaType]}</Button></div>
    ))}
  </div>
);

// The complete step. `factors` is the server's list; `onProof` receives the data for the second request.
export const SecondFactor = ({factors, onProof}) => {
  const preferred = factors.find(({isPreferred}) => isPreferred) ?? factors[0];
  const [chosen, choose] = useState(preferred.mfaType);
  const [recovering, recover] = useState(false);
  const factor = factors.find(({mfaType}) => mfaType === chosen);
  const onPasscode = ({passcode, enableMfaRemember}) => onProof({mfaType: chosen, passcode, enableMfaRemember: Boolean(enableMfaRemember)});
  const step = recovering
    ? <Recover onCode={recoveryCode => onProof({recoveryCode})} onBack={() => recover(false)} />
    : <Verify key={chosen} factor={factor} onPasscode={onPasscode} onRecovery={() => recover(true)} />;
  if (SHAPE === "single") {
    return step;
  }
  const switchTo = mfaType => {
    recover(false);
    choose(mfaType);
  };
  return <div>{step}<Links factors={factors} chosen={chosen} choose={switchTo} /></div>;
};
