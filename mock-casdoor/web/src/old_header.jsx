// The header of the older pages.
import {Avatar, Dropdown, Layout, Menu} from "ui";
import {DeploymentUnitOutlined, DownOutlined, GlobalOutlined, HomeOutlined, QuestionCircleOutlined} from "icons";

const logo = {key: "logo", disabled: true, label: <a href="/"><img className="logo" alt="logo" style={{height: 28, float: "left", marginTop: 9}} src="/static/logo.svg" /></a>};
const home = {key: "home", icon: <HomeOutlined />, label: <a href="/">Home</a>, children: [{key: "start", label: <a href="/">Home</a>}]};

const Box = ({menu, children}) => {
  const box = <div className="select-box">{children}</div>;
  return menu ? <Dropdown menu={{items: []}}>{box}</Dropdown> : box;
};

const UserMenu = ({account}) => (
  <Dropdown menu={{items: []}}>
    <div className="rightDropDown">
      <Avatar size="large">{account.name}</Avatar>
      {account.displayName}
      <DownOutlined />
    </div>
  </Dropdown>
);

const Tools = ({account}) => (
  <>
    <UserMenu account={account} />
    <Box menu><svg width="20" height="20"><circle cx="10" cy="10" r="6" fill="currentColor" /></svg></Box>
    <Box menu><GlobalOutlined /></Box>
    <Box><DeploymentUnitOutlined /></Box>
    <Box><QuestionCircleOutlined /></Box>
  </>
);

export const OldHeader = ({account}) => SHAPE === "single" ? (
  <Layout.Header style={{padding: 0, background: "transparent"}}>
    <Menu mode="horizontal" items={[logo, home]} />
    <Tools account={account} />
  </Layout.Header>
) : (
  <Layout.Header style={{padding: 0, background: "transparent", display: "flex", justifyContent: "space-between"}}>
    <div style={{flex: "auto"}}><Menu mode="horizontal" items={[logo]} /></div>
    <div><Tools account={account} /></div>
  </Layout.Header>
);
