// The other pages where Casdoor asks for a code that it sent: sign-in, sign-up, forgotten password, new email address.
// All have the same field. Nothing is sent here.
import {Button, Form, Input, Modal, Space, message} from "ui";
import {UserOutlined} from "icons";
import {SentCodeInput} from "./mfa.jsx";

const SentCode = ({name}) => (
  <Form.Item>
    <Space.Compact style={{width: "100%"}}>
      <Form.Item name={name} noStyle><SentCodeInput /></Form.Item>
      <Button type="primary" onClick={() => message.info("Nothing is sent here")}>Get Code</Button>
    </Space.Compact>
  </Form.Item>
);

const Text = ({name, placeholder}) => (
  <Form.Item name={name}><Input prefix={<UserOutlined />} placeholder={placeholder} /></Form.Item>
);

const Send = ({text}) => <Form.Item><Button block type="primary" htmlType="submit" className="login-button">{text}</Button></Form.Item>;

const SignUp = () => (
  <Form name="signup">
    <Text name="username" placeholder="Username" />
    <Text name="email" placeholder="Email" />
    <SentCode name="emailCode" />
    <SentCode name="phoneCode" />
    <Send text="Sign Up" />
  </Form>
);

const Forgotten = () => (
  <Form name="forget">
    <Text name="dest" placeholder="Email" />
    <SentCode name="code" />
    <Send text="Next Step" />
  </Form>
);

const ByCode = () => (
  <Form name="normal_login">
    <Form.Item name="username" className="login-username"><Input id="input" className="login-username-input" placeholder="Email or phone" /></Form.Item>
    <SentCode name="code" />
    <Send text="Sign In" />
  </Form>
);

// Casdoor shows this in a dialog on the account page.
const Reset = () => (
  <Modal open title="Reset Email..." okText="Change Email" getContainer={false}>
    <Text name="dest" placeholder="Email" />
    <SentCodeInput />
  </Modal>
);

// The pages by the last part of the URL. Casdoor has separate pages only for the first two; the others are a tab and a
// dialog there.
const pages = {signup: SignUp, forget: Forgotten, "by-code": ByCode, reset: Reset};

export const codePage = path => pages[path.split("/")[1]];

export const CodePage = ({path}) => {
  const Page = codePage(path);
  return <div className="login-content"><div className="login-panel"><div className="login-form"><Page /></div></div></div>;
};
