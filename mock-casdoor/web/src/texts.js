// The texts of the pages. English is the fallback; the hint of the passcode form is available in more languages than
// the rest.
const en = {
  title: "Multi-factor authentication",
  totpHint: "You have enabled Multi-Factor Authentication, please enter the TOTP code",
  codeHint: "You have enabled Multi-Factor Authentication, Please click 'Get Code' to continue",
  radiusHint: "You have enabled Multi-Factor Authentication, please enter the RADIUS password",
  pushHint: "You have enabled Multi-Factor Authentication, please enter the verification code from push notification",
  next: "Next Step",
  problems: "Have problems?",
  useRecovery: "Use a recovery code",
  useSms: "Use SMS",
  useEmail: "Use Email",
  useApp: "Use Authenticator App",
  remember: (hours) => `Remember this account for ${hours} hours`,
};

const languages = {
  en,
  de: {
    title: "Mehrfaktorauthentifizierung",
    totpHint: "Sie haben MFA aktiviert. Bitte geben Sie den TOTP-Code ein.",
    next: "Nächster Schritt",
    problems: "Probleme?",
    useRecovery: "Wiederherstellungscode verwenden",
    useSms: "SMS verwenden",
    useEmail: "E-Mail verwenden",
    useApp: "Authenticator-App verwenden",
    remember: (hours) => `Dieses Konto für ${hours} Stunden merken`,
  },
  zh: {
    title: "多因素认证",
    totpHint: "您已经启用多因素认证，请输入TOTP认证码",
    next: "下一步",
    problems: "遇到问题?",
    useRecovery: "使用恢复代码",
    useSms: "使用短信",
    useEmail: "使用电子邮件",
    useApp: "使用身份验证应用",
    remember: (hours) => `记住这个账户 ${hours} 小时`,
  },
  ja: {
    totpHint: "多要素認証が有効になっています。TOTPコードを入力してください",
    useApp: "認証アプリを使用",
    next: "次のステップ",
  },
  // Casdoor has no Arabic texts for these pages, so they are in English.
  ar: {},
};

const wanted = () => {
  const query = new URLSearchParams(location.search).get("language");
  if (query) {
    localStorage.setItem("language", query);
  }
  return query ?? localStorage.getItem("language") ?? navigator.language.slice(0, 2);
};

export const texts = { ...en, ...languages[wanted()] };
