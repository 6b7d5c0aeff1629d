// The page on which a user consents to an application's scopes. It continues with an authorization code.
import {Button, Card, List, Space, message} from "ui";
import {post} from "./api.js";

const asked = name => new URLSearchParams(location.search).get(name) ?? "";

const leave = result => {
  const address = asked("redirect_uri");
  location.assign(`${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams({...result, state: asked("state")})}`);
};

export const ConsentPage = () => {
  const application = location.pathname.split("/")[2];
  const scopes = asked("scope").split(" ").filter(Boolean);
  const grant = async () => {
    const answer = await post("/api/grant-consent", {
      owner: "admin", application: `admin/${application}`, grantedScopes: scopes, clientId: asked("client_id"), responseType: asked("response_type"),
      redirectUri: asked("redirect_uri"), scope: asked("scope"), state: asked("state"), nonce: asked("nonce"), challenge: asked("code_challenge"),
    });
    if (answer.status === "ok") {
      leave({code: answer.data});
    } else {
      message.error(answer.msg);
    }
  };
  return (
    <Card title="Authorization" style={{width: 420, margin: "80px auto"}}>
      <p><b>{application}</b> wants to access:</p>
      <List dataSource={scopes} renderItem={scope => <List.Item>{scope}</List.Item>} />
      <Space>
        <Button className="consent-deny" onClick={() => leave({error: "access_denied", error_description: "User denied consent"})}>Deny</Button>
        <Button className="consent-grant" type="primary" onClick={grant}>Allow</Button>
      </Space>
    </Card>
  );
};
