// The My Account page: the list of accounts, and how to connect another device.
import {useState} from "react";
import {Button, Col, Input, Popover, QRCode, Row, Table, message} from "ui";
import {CopyOutlined, DeleteOutlined, QuestionCircleOutlined} from "icons";
import {post} from "./api.js";
import {NewPassword} from "./new_password.jsx";
import {ManagementFrame} from "./shell.jsx";

// Longer texts are not shown as a QR code.
const MAX_QR_CHARACTERS = 2000;

const connectionUrl = token => `casdoor-authenticator://login?serverUrl=${location.origin}&accessToken=${token}`;

const ConnectionCode = ({url}) => url.length >= MAX_QR_CHARACTERS
  ? <p>QR code is too large</p>
  : <QRCode value={url} errorLevel="M" size={230} bordered={false} />;

const ConnectionUrl = ({url}) => (
  <div style={{width: 420, overflowWrap: "anywhere"}}>
    <div>{url}</div>
    {window.isSecureContext && <Button size="small" icon={<CopyOutlined />} onClick={() => navigator.clipboard.writeText(url)}>Copy Link</Button>}
  </div>
);

const Title = ({url, onAdd}) => (
  <div style={{display: "flex", gap: 10, alignItems: "center"}}>
    MFA accounts
    <Button type="primary" size="small" onClick={onAdd}>Add</Button>
    <Popover trigger="focus" overlayInnerStyle={{padding: 0}} content={<ConnectionCode url={url} />}><Button size="small">QR Code</Button></Popover>
    <Popover trigger="click" content={<ConnectionUrl url={url} />}><Button size="small">URL</Button></Popover>
  </div>
);

const fields = [["Account", "accountName"], ["Issuer", "issuer"], ["Origin", "origin"], ["Secret key", "secretKey"]];

const columns = (rows, change) => [
  ...fields.map(([title, field]) => ({
    title,
    dataIndex: field,
    key: field,
    render: (text, row, at) => {
      const edit = event => change(rows.map((old, index) => (index === at ? {...old, [field]: event.target.value} : old)));
      return field === "secretKey" ? <Input.Password size="small" value={text} onChange={edit} /> : <Input size="small" value={text} onChange={edit} />;
    },
  })),
  {title: "Logo", key: "logo", render: () => <img width={32} height={32} alt="" src="/static/favicon.svg" />},
  {title: "Action", key: "action", render: (text, row, at) => <Button size="small" icon={<DeleteOutlined />} onClick={() => change(rows.filter((old, index) => index !== at))} />},
];

const Accounts = ({url, rows, change}) => {
  const add = () => change([...rows, {accountName: "", issuer: "", secretKey: "", origin: ""}]);
  return (
    <Row id="MFA accounts">
      <Col span={2}><span>MFA accounts</span> <QuestionCircleOutlined /> :</Col>
      <Col span={22}>
        <Table rowKey={(row, at) => at} dataSource={rows} columns={columns(rows, change)} size="middle" bordered pagination={false} title={() => <Title url={url} onAdd={add} />} />
      </Col>
    </Row>
  );
};

export const AccountPage = ({account}) => {
  const [rows, change] = useState(account.mfaAccounts ?? []);
  // Sends the complete user as loaded when the page was opened, as Casdoor's page does.
  const save = async () => {
    const answer = await post(`/api/update-user?id=${account.owner}/${encodeURIComponent(account.name)}`, {...account, mfaAccounts: rows});
    if (answer.status === "ok") {
      message.success("Successfully saved");
    } else {
      message.error(`Failed to save: ${answer.msg}`);
    }
  };
  return (
    <ManagementFrame account={account} path={[["My Account"]]}>
      <Row style={{marginBottom: 240}}><Col span={2}>Name :</Col><Col span={22}>{account.owner}/{account.name}</Col></Row>
      <Accounts url={connectionUrl(account.accessToken)} rows={rows} change={change} />
      {account.needUpdatePassword && <NewPassword account={account} />}
      <div style={{marginTop: 20, display: "flex", gap: 20}}>
        <Button size="large" onClick={save}>Save</Button>
        <Button size="large" href="/mfa/setup?mfaType=app">Set up an authenticator app</Button>
      </div>
    </ManagementFrame>
  );
};
