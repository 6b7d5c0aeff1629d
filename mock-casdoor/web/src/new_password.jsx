// The dialog of the account page in which a user has to choose a new password. It cannot be closed. Afterward, a
// sign-in that required it continues.
import {useState} from "react";
import {Input, Modal, message} from "ui";
import {submit} from "./api.js";

export const NewPassword = ({account}) => {
  const [old, setOld] = useState("");
  const [chosen, setChosen] = useState("");
  const save = async () => {
    const answer = await submit("/api/set-password", {userOwner: account.owner, userName: account.name, oldPassword: old, newPassword: chosen});
    if (answer.status === "ok") {
      location.assign(sessionStorage.getItem("signinUrl") ?? "/account");
      sessionStorage.removeItem("signinUrl");
    } else {
      message.error(answer.msg);
    }
  };
  return (
    <Modal open closable={false} maskClosable={false} title="Password" okText="Set Password" cancelButtonProps={{style: {display: "none"}}} onOk={save}>
      <Input.Password id="old-password" placeholder="Old Password" onChange={event => setOld(event.target.value)} />
      <Input.Password id="new-password" placeholder="New Password" onChange={event => setChosen(event.target.value)} />
    </Modal>
  );
};
