// How passcode fields call themselves, and the fields that look like them: data for anywhere.js. All in lower case and
// without accents; a name such as `two_factorCode` is read as "two factor code" first.
"use strict";

globalThis.casdoorWords ??= {
  /** A field, or the text around it, that says this asks for an authenticator's code. */
  authenticator: [
    "otp", "totp", "hotp", "2fa", "mfa", "tfa", "a2f", "aal2", "two factor", "twofactor", "two step", "2 step", "2step", "second factor",
    "multi factor", "multifactor", "one time", "onetime", "authenticator", "authenticate code", "authentication code",
    "auth code", "authcode", "passcode", "steam guard", "steamguard", "verification app", "token code", "security token",
    "zwei faktor", "zweifaktor", "bestatigungscode", "einmalcode", "einmalpasswort", "einmalkennwort", "authentifizierungscode",
    "deux facteurs", "double authentification", "code a usage unique", "code d'authentification",
    "dos factores", "doble factor", "dos pasos", "codigo de autenticacion", "codigo de un solo uso",
    "dois fatores", "duas etapas", "codigo de uso unico", "codigo autenticador",
    "due fattori", "codice monouso", "codice di autenticazione",
    "twee factor", "tweestaps", "eenmalige code", "verificatiecode",
    "dwuetapow", "dwuskladnik", "kod jednorazowy", "kod uwierzytelnia",
    "dvoufaktor", "jednorazovy kod", "dvoufazov", "tvafaktor", "engangskod", "engangskode", "tofaktor", "kaksivaihe",
    "двухфактор", "двухэтап", "одноразов", "двофактор", "аутентификатор",
    "iki faktor", "iki adim", "tek kullanimlik", "dogrulama kodu", "xac thuc hai", "ma xac thuc", "dua langkah", "kode autentikasi",
    "两步验证", "两步驗證", "双重验证", "双因素", "身份验证器", "动态码", "动态口令", "一次性密码", "驗證器", "雙重驗證", "動態密碼", "兩步驟驗證",
    "二段階認証", "二要素認証", "2段階認証", "ワンタイム", "認証アプリ", "認証コード",
    "2단계 인증", "이중 인증", "일회용", "인증 앱", "otp 번호",
    "المصادقة الثنائية", "رمز التحقق", "اثنين", "אימות דו", "קוד אימות", "द्वि-कारक", "दो-चरणीय", "รหัสยืนยัน", "ยืนยันตัวตนแบบสองขั้นตอน",
  ],
  /** A field that asks for some code; not enough without a sign of a second factor. */
  code: [
    "code", "token", "pin", "digits", "verify", "verification", "kode", "kod", "codigo", "codice", "codi", "kodu",
    "код", "验证码", "驗證碼", "代码", "コード", "코드", "인증번호", "رمز", "קוד", "कोड", "รหัส", "ma xac minh",
  ],
  /** What a field is that gets no code, by its own name and label. */
  other: [
    "user name", "username", "login id", "user id", "email", "e mail", "benutzername", "identifiant", "usuario", "用户名", "ユーザー名", "имя пользователя",
    "current password", "new password", "old password", "confirm password", "kennwort", "passwort", "mot de passe", "contrasena", "密码 确认", "пароль",
    "search", "query", "suche", "recherche", "buscar", "cerca", "zoeken", "szukaj", "поиск", "搜索", "検索", "검색",
    "phone", "mobile", "telefon", "telephone", "telefono", "celular", "手机", "電話", "телефон", "전화",
    "card", "cvv", "cvc", "csc", "cid", "karte", "carte", "tarjeta", "expiry", "expiration", "iban", "sort code", "swift", "routing", "account number",
    "coupon", "promo", "voucher", "discount", "gift", "gutschein", "rabatt", "cupon", "cupom", "код купона", "промокод", "优惠", "クーポン", "쿠폰",
    "zip", "postal", "postcode", "postleitzahl", "plz", "code postal", "codigo postal", "индекс", "邮编", "郵便番号", "우편번호",
    "captcha", "recaptcha", "characters shown", "图形验证码", "characters you see",
    "quantity", "qty", "amount", "price", "betrag", "anzahl", "date", "birth", "year", "month", "day", "ssn", "social security", "passport", "tax",
    "sms", "text message", "recovery", "backup", "wiederherstellung", "secours", "recuperacion", "恢复", "復旧", "復元", "резервн", "scratch",
    "invite", "invitation", "referral", "coupon code", "country", "area code", "dial", "vorwahl", "language", "tracking", "order", "serial", "license",
    "product key", "activation", "redeem", "barcode", "sku", "color", "source code", "html", "message", "comment", "note", "title", "subject",
    "room", "meeting", "game", "join", "class code", "access key", "api", "secret", "radius", "puk", "branch", "flight", "booking", "reference", "device",
    "verification code input", "house", "door", "parental", "unlock pattern", "postleit", "student", "employee", "customer", "member", "loyalty", "survey", "ticket", "case number",
  ],
  /** What the text around a field says when the code comes by another way, whatever else it says. */
  sent: [
    "sent to", "we sent", "we texted", "we've sent", "have sent", "emailed", "sent you", "check your email", "check your inbox", "to your phone",
    "gesendet", "geschickt", "envoye", "enviado", "enviamos", "enviou", "inviato", "verzonden", "gestuurd", "wyslalismy", "wyslany", "отправ", "надісла",
    "gonder", "da gui", "已发送", "发送至", "已發送", "送信しました", "お送り", "전송", "보냈", "أرسلنا", "get code", "send code", "resend", "send again",
    "credit card", "debit card", "checkout", "push notification", "captcha", "radius",
  ],
  /** Other ways that a page may offer beside the authenticator: they count unless the authenticator is named as well. */
  beside: ["text message", "sms", "phone number", "mobile number", "短信", "簡訊", "문자", "payment", "coupon", "promo"],
  /** Casdoor's own fields for what is no authenticator's code, in whatever language: one that was sent, a recovery code, and the
   * fields of RADIUS and push, which are called passcode. Older passcode fields have an icon before them and `autocomplete="off"`. */
  never: ".verification-code-input, .verification-code-input *, input[type=passcode], .login-form input#passcode.ant-input:not([autocomplete=off])",
};
