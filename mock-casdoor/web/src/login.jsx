// The sign-in page: for the server itself, for an application with any protocol, for a device, and after the redirect
// from another identity provider.
import {useEffect, useState} from "react";
import {Button, Checkbox, Col, Dropdown, Form, Input, Result, Spin, message} from "ui";
import {GlobalOutlined, LockOutlined, UserOutlined} from "icons";
import {account, post} from "./api.js";
import {EntryFrame, isDark} from "./shell.jsx";
import {SecondFactor} from "./mfa.jsx";
import {applicationOf, signInParameters, proceed, purpose, target} from "./purpose.js";

// Casdoor puts a style element next to each part of its form.
const Part = ({className, children}) => <div className={className}><div />{children}</div>;

const required = text => [{required: true, message: text}];

const Fields = ({application}) => (
  <>
    <Form.Item hidden name="application" rules={required("Please input your application!")} />
    <Form.Item hidden name="organization" rules={required("Please input your organization!")} />
    <Part className="back-button" />
    <Part className="login-languages">
      <Dropdown menu={{items: []}}><div className="select-box"><GlobalOutlined /></div></Dropdown>
    </Part>
    <Part className="login-logo-box"><img className="panel-logo" width={250} alt={application.displayName} src="/static/logo.svg" /></Part>
    <Part />
    <Part>
      <Form.Item name="username" className="login-username" rules={required("Please input your Email or Phone!")}>
        <Input id="input" className="login-username-input" prefix={<UserOutlined className="site-form-item-icon" />} placeholder="username, Email or phone" />
      </Form.Item>
    </Part>
    <Part>
      <Col span={24}>
        <div>
          <Form.Item name="password" className="login-password" rules={required("Please input your password!")}>
            <Input.Password className="login-password-input" prefix={<LockOutlined className="site-form-item-icon" />} placeholder="Password" />
          </Form.Item>
        </div>
      </Col>
    </Part>
    <Part />
    <Part>
      <div className="login-forget-password">
        <Form.Item name="autoSignin" valuePropName="checked" noStyle><Checkbox className="login-auto-signin">Auto sign in</Checkbox></Form.Item>
        <a className="login-link" href={`/forget/${application.name}`}>Forgot password?</a>
      </div>
    </Part>
    <Form.Item className="login-button-box">
      <div />
      <Button type="primary" htmlType="submit" className="login-button">Sign In</Button>
    </Form.Item>
    <Part className="login-signup-link"><div>No account?<a className="login-link" href={`/signup/${application.name}`}>sign up now</a></div></Part>
    <Part><Form.Item /></Part>
  </>
);

const PasswordForm = ({application, onFinish}) => (
  <Form name="normal_login" size="large" initialValues={{autoSignin: true, application: application.name, organization: application.organization}} onFinish={onFinish}>
    <Fields application={application} />
  </Form>
);

// Lets a user who is already signed in continue with one click.
const Continue = ({user, onClick}) => (
  <div>
    <div>Continue with :</div>
    <br />
    <div>
      <button type="button" onClick={onClick} style={{cursor: "pointer", background: "transparent", color: "inherit", border: "1px solid #8c8c8c", borderRadius: 6, padding: 8, width: "100%"}}>
        <div style={{display: "flex", gap: 8}}>
          <div><div>{user.displayName.slice(0, 1)}</div></div>
          <div />
          <div>{user.name} ({user.displayName})</div>
        </div>
      </button>
    </div>
    <br /><br />
    <div>Or sign in with another account :</div>
  </div>
);

const SignInError = ({text}) => (
  <Result status="error" title="There was a problem signing you in.." subTitle={text} extra={[<Button key="back" type="primary" onClick={() => history.back()}>Back</Button>]} />
);

// Loads the application and the signed-in user before the page is rendered.
const useStart = wanted => {
  const [start, setStart] = useState({});
  useEffect(() => {
    Promise.all([applicationOf(wanted), account()]).then(([found, user]) => {
      document.title = found.data?.organizationObj?.displayName ?? document.title;
      const known = user.status === "ok" && user.data?.owner === found.data?.organization ? user.data : null;
      setStart({application: found.status === "ok" ? found.data : null, refusal: found.msg || "There is no such application", user: known, ready: true});
    });
  }, []);
  return start;
};

const Panel = ({children}) => (
  <div className="login-content">
    {SHAPE !== "labeled" && <div />}
    <div className={isDark() ? "login-panel-dark" : "login-panel"}>
      <div className="side-image"><div /></div>
      <div className="login-form"><div>{children}</div></div>
    </div>
  </div>
);

const SignIn = ({wanted, application, user}) => {
  const [factors, ask] = useState(null);
  const [done, finish] = useState("");
  const base = {application: application.name, organization: application.organization, language: "", ...signInParameters(wanted)};
  const send = async body => {
    const answer = await post(target(wanted), {...base, ...body});
    if (answer.status !== "ok") {
      message.error(factors ? answer.msg : `Failed to sign in: ${answer.msg}`);
    } else if (answer.data === "NextMfa") {
      localStorage.setItem("lastLoginOrg", application.organization);
      ask(answer.data2);
    } else {
      proceed(wanted, application.name, answer, finish);
    }
  };
  const quick = () => send({signinMethod: "Password"});
  useEffect(() => {
    if (user && wanted.type === "code" && new URLSearchParams(location.search).get("silentSignin") === "1") {
      quick();
    } else if (wanted.provider) {
      send({signinMethod: ""});
    }
  }, []);
  if (done) {
    return <Panel><p>{done}</p></Panel>;
  }
  if (factors) {
    const verify = proof => send({username: "", password: "", provider: "", autoSignin: false, ...proof});
    return <Panel><SecondFactor factors={factors} onProof={verify} /></Panel>;
  }
  if (wanted.provider) {
    return <Spin size="large" tip="Signing in..." />;
  }
  return (
    <Panel>
      {user && wanted.type !== "login" && <Continue user={user} onClick={quick} />}
      <PasswordForm application={application} onFinish={values => send({...values, signinMethod: "Password"})} />
    </Panel>
  );
};

export const LoginPage = () => {
  const [wanted] = useState(purpose);
  const {ready, application, refusal, user} = useStart(wanted);
  const draw = () => application ? <SignIn wanted={wanted} application={application} user={user} /> : <SignInError text={refusal} />;
  return <EntryFrame>{ready ? draw() : <Spin size="large" />}</EntryFrame>;
};
