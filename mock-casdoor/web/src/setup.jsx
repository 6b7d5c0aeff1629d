// The enrollment of a second factor: password, passcode, recovery code. Nothing is stored before the last step.
import {useState} from "react";
import {Button, Checkbox, Col, Form, Input, QRCode, Row, Space, Spin, Steps, message} from "ui";
import {CheckOutlined, CopyOutlined, KeyOutlined, LockOutlined, UserOutlined} from "icons";
import {post, submit} from "./api.js";
import {ManagementFrame} from "./shell.jsx";
import {TotpField} from "./mfa.jsx";
import {texts} from "./texts.js";

const others = SHAPE !== "single" ? ["Use SMS", "Use Email", "Use Radius", "Use Push Notification"] : ["Use SMS", "Use Email"];

const PasswordStep = ({onFinish}) => (
  <Form onFinish={onFinish} style={{width: 300, margin: "0 auto"}}>
    <Form.Item name="password" rules={[{required: true, message: "Please input your password!"}]}>
      <Input.Password prefix={<LockOutlined />} placeholder="Password" />
    </Form.Item>
    <Form.Item><Button block type="primary" htmlType="submit">{texts.next}</Button></Form.Item>
  </Form>
);

const Secret = ({secret}) => {
  const copy = () => navigator.clipboard?.writeText(secret).then(() => message.success("Copied to clipboard successfully"));
  return (
    <Col span={24}>
      <Space>
        <Input value={secret} />
        <Button type="primary" shape="round" icon={<CopyOutlined />} onClick={copy} />
      </Space>
    </Col>
  );
};

const VerifyStep = ({factor, onFinish}) => {
  const [form] = Form.useForm();
  return (
    <>
      <Form form={form} onFinish={onFinish} style={{width: 300, margin: "0 auto", textAlign: "center"}}>
        <Col span={24} style={{display: "flex", justifyContent: "center"}}>
          <QRCode errorLevel="H" value={factor.url} icon="/static/favicon.svg" iconSize={40} />
        </Col>
        <p>Scan the QR code with your Authenticator App</p>
        <p>Or copy the secret to your Authenticator App</p>
        <Secret secret={factor.secret} />
        <TotpField form={form} />
        {document.body.dataset.remembers === "true" && (
          <Form.Item name="enableMfaRemember" valuePropName="checked"><Checkbox>{texts.remember(factor.mfaRememberInHours)}</Checkbox></Form.Item>
        )}
        <Form.Item><Button block type="primary" htmlType="submit">{texts.next}</Button></Form.Item>
      </Form>
      <Col span={24} style={{textAlign: "center"}}>
        {others.map(text => <Button key={text} type="link">{text}</Button>)}
      </Col>
    </>
  );
};

const EnableStep = ({code, onEnable}) => (
  <div style={{width: 400, margin: "0 auto"}}>
    <p>Please save this recovery code. Once your device cannot provide an authentication code, you can reset mfa authentication</p>
    <br />
    <code>{code}</code>
    <Button block type="primary" style={{marginTop: 24}} onClick={onEnable}>Enable</Button>
  </div>
);

const Progress = ({current}) => (
  <Spin spinning={false}>
    <Steps
      current={current}
      style={{width: "90%", maxWidth: 500, margin: "auto", marginTop: 50}}
      items={[
        {title: "Verify Password", icon: <UserOutlined />},
        {title: "Verify Code", icon: <KeyOutlined />},
        {title: "Enable", icon: <CheckOutlined />},
      ]}
    />
  </Spin>
);

const Introduction = () => (
  <Row>
    <Col span={24}>
      <p style={{fontSize: 28, textAlign: "center"}}>Protect your account with Multi-factor authentication</p>
      <p style={{fontSize: 16, textAlign: "center"}}>Each time you sign in to your Account, you&apos;ll need your password and a authentication code</p>
    </Col>
  </Row>
);

// Waits for the request of one step. Shows its error, or continues.
const attempt = async (request, onSuccess) => {
  const answer = await request;
  if (answer.status === "ok") {
    onSuccess(answer.data);
  } else {
    message.error(answer.msg);
  }
};

export const SetupPage = ({account}) => {
  const [factor, setFactor] = useState(null);
  const [verified, setVerified] = useState(false);
  const who = {owner: account.owner, name: account.name, mfaType: "app"};
  const begin = ({password}) => attempt(post("/api/check-user-password", {...account, password}), () => attempt(submit("/api/mfa/setup/initiate", who), setFactor));
  const verify = ({passcode}) => attempt(submit("/api/mfa/setup/verify", {...who, secret: factor.secret, passcode}), () => setVerified(true));
  const enable = () => attempt(submit("/api/mfa/setup/enable", {...who, secret: factor.secret, recoveryCodes: factor.recoveryCodes[0]}), () => {
    message.success("Enabled successfully");
    // A sign-in that required the factor continues.
    location.assign(sessionStorage.getItem("afterSetup") ?? "/account");
    sessionStorage.removeItem("afterSetup");
  });
  const current = verified ? 2 : factor ? 1 : 0;
  return (
    <ManagementFrame account={account} path={[["MFA", "/mfa"], ["setup"]]}>
      <Row>
        <Col span={24}><Introduction /><Progress current={current} /></Col>
        <Col span={24} style={{display: "flex", justifyContent: "center"}}>
          <div style={{marginTop: 10, textAlign: "center"}}>
            {current === 0 && <PasswordStep onFinish={begin} />}
            {current === 1 && <div><VerifyStep factor={factor} onFinish={verify} /></div>}
            {current === 2 && <EnableStep code={factor.recoveryCodes[0]} onEnable={enable} />}
          </div>
        </Col>
      </Row>
    </ManagementFrame>
  );
};
