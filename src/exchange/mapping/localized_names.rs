//! The names of columns in languages other than English. The English names, and those that programs use most, are in
//! `names`.

use super::Field;

/// Column names in lower case, without spaces and punctuation, and separated by spaces.
pub(super) const LOCALIZED: [(Field, &str); 13] = [
    (
        Field::Secret,
        "секретныйкод сервисныйключ секретнийключ секрет ключ シークレットキー 秘密鍵 秘密キー セットアップキー キー 密钥串 安全密钥 金鑰 \
         密鑰 私鑰 秘密金鑰 시크릿키 시크릿 비밀번호키 보안키 키 المفتاحالسري المفتاح الرمزالسري tajnyklucz kluczsekretny \
         kluczprywatny gizlianahtar anahtar tajnýklíč tajnyklic klíč geheimesleutel sleutel geheim \
         hemlignyckel nyckel hemmelignøgle hemmelignøkkel nøgle nøkkel salainenavain avain titkoskulcs \
         kulcs cheiesecretă cheiesecreta cheie μυστικόκλειδί κλειδί מפתחסודי מפתח khóabímật khoábímật \
         mãbímật kuncirahasia kunci รหัสลับ कुंजी کلیدمخفی claveotp clavedeconfiguración códigosecreto \
         chavedeconfiguração chiavediconfigurazione cléotp clédeconfiguration clésecrèteotp otpkod \
         totpschlüssel totpgeheimnis einrichtungsschlüssel 2faschlüssel 2faключ 2fa密钥",
    ),
    (
        Field::Issuer,
        "サービス名 発行元 提供元 サイト名 服务名称 服务名 服务商 网站名称 应用 服務 服務名稱 發行方 網站名稱 應用程式 서비스명 서비스이름 발급자 사이트 названиесервиса \
         сервіс служба эмитент видавець الخدمة اسمالخدمة الجهةالمصدرة usługodawca serwis nazwausługi \
         hizmet servis sağlayıcı služba poskytovatel vydavatel tjänst tjeneste udsteder utsteder palvelu \
         myöntäjä szolgáltatás szolgáltató kibocsátó serviciu emitent υπηρεσία εκδότης שירות מנפיק dịchvụ \
         nhàpháthành layanan penerbit บริการ सेवा سرویس dienstname nomduservice nombredelservicio \
         nomedoserviço nomedelservizio fornitore proveedor provedor",
    ),
    (
        Field::Account,
        "アカウント名 ユーザー ユーザ名 ログインid メールアドレス 账户名 帐号 帐户 账号名 用户 邮箱 帳戶 帳號名稱 使用者 使用者名稱 電子郵件 계정명 계정이름 사용자 사용자명 이메일 \
         учетнаязапись учётнаязапись имяпользователя учетка обліковийзапис користувач імякористувача \
         почта الحساب اسمالمستخدم البريدالإلكتروني użytkownika nazwaużytkownika hesap kullanıcı \
         kullanıcıadı účet uživatel uživatelskéjméno gebruiker gebruikersnaam användare användarnamn \
         bruger brugernavn bruker brukernavn käyttäjä käyttäjätunnus tili fiók felhasználó felhasználónév \
         cont utilizator λογαριασμός χρήστης חשבון שםמשתמש משתמש tàikhoản tênđăngnhập akun pengguna \
         namapengguna บัญชี ผูใช खाता حساب nomdutilisateur nombredeusuario nomedeusuário nomedousuário \
         nomeutente correoelectrónico adresseemail",
    ),
    (
        Field::Label,
        "bezeichnung libellé étiquette etiqueta etichetta nome nazwa имя название назва 名字 名稱 이름 표시이름 \
         الاسم isim ad název jméno naam namn navn nimi név nume όνομα שם tên nama ชือ नाम نام",
    ),
    (
        Field::Digits,
        "桁 桁数 コードの桁数 位數 位数 验证码位数 驗證碼位數 자릿수 자리수 количествоцифр числоцифр длинакода разрядность \
         кількістьцифр الأرقام عددالأرقام liczbacyfr długość hane hanesayısı basamak basamaksayısı \
         číslice početčíslic počet cijfers aantalcijfers siffror antalsiffror cifre antalcifre siffer \
         antallsifre numerot numeroita számjegyek számjegy cifreotp ψηφία ספרות מספרספרות sốchữsố chữsố \
         digit jumlahdigit จำนวนหลัก अंक تعدادارقام anzahlstellen anzahlderstellen nombredechiffres \
         númerodedígitos numerocifre numerodicifre",
    ),
    (
        Field::Period,
        "更新間隔 更新周期 有効期間 有効期限 秒数 週期 周期秒 间隔时间 刷新间隔 更新间隔 時間間隔 갱신주기 시간간격 간격 유효시간 времядействия интервалсек \
         периодсек період інтервал الفترة المدةالزمنية interwał okresczasu süre periyot aralık perioda \
         interval platnost periode tijdsinterval periodelengte period tidsperiod intervall jakso \
         jaksonpituus időszak időköz perioadă perioada περίοδος διάστημα תקופה מרווח chukỳ chukì \
         khoảngthờigian jangkawaktu ชวงเวลา अवधि دوره gültigkeit gültigkeitsdauer durée duréedevalidité \
         validez validade validità durata segundos secondi secondes",
    ),
    (
        Field::Algorithm,
        "ハッシュ ハッシュアルゴリズム 哈希算法 加密算法 演算法 雜湊演算法 알고리즘 해시알고리즘 хеш хэш алгоритмхеширования الخوارزمية \
         algorytmskrótu algoritma algoritmus algoritme algoritm algoritmi αλγόριθμος אלגוריתם thuậttoán \
         อัลกอริทึม एलगोरिथम الگوریتم hashalgorithmus fonctiondehachage",
    ),
    (
        Field::Counter,
        "カウンター値 计数 计数值 計數 計數值 카운터값 лічильник العداد sayaç počítadlo čítač teller räknare tæller laskuri \
         számláló contor μετρητής מונה bộđếm penghitung ตัวนับ काउंटर شمارنده valeurducompteur \
         valorcontador",
    ),
    (
        Field::Kind,
        "種別 形式 类别 종류 типкода вид النوع rodzaj tür druh typ soort tyyppi típus τύπος סוג loại jenis ประเภท \
         परकार نوع art",
    ),
    (
        Field::Note,
        "備考 备考 備註 注釋 메모 비고 комментарий описание примітка коментар ملاحظة ملاحظات notatka notatki opis not \
         notlar açıklama poznámka poznámky notitie notities opmerking anteckning kommentarer note \
         muistiinpano megjegyzés notă σημείωση σημειώσεις הערה הערות ghichú catatan หมายเหตุ टिपपणी \
         یادداشت comentario comentarios observaciones observações commento descrizione beschreibung",
    ),
    (
        Field::Group,
        "フォルダ フォルダー カテゴリ カテゴリー タグ 文件夹 类 分类 标签 群組 資料夾 標籤 그룹 폴더 태그 категория тег теги група المجموعة المجلد \
         folderu etykieta grup klasör etiket skupina složka štítek groep map mapp mappe ryhmä kansio \
         csoport mappa dosar ομάδα φάκελος קבוצה תיקייה nhóm thưmục กลุม समूह گروه catégorie categoría \
         categoria etiquetas",
    ),
    (
        Field::Site,
        "サイト ウェブサイト 网址 网站 網址 網站 웹사이트 주소 сайт адрес الموقع الرابط strona adres witryna web stránka \
         webbplats hjemmeside nettside sivusto weboldal webhely ιστοσελίδα אתר trangweb situs เวบไซต \
         वेबसाइट وبسایت adresse webseite sitioweb sitoweb siteweb",
    ),
    (
        Field::Password,
        "パスワード 密碼 비밀번호 암호 пароль كلمةالمرور hasło parola şifre heslo wachtwoord lösenord adgangskode \
         passord salasana jelszó parolă κωδικός סיסמה mậtkhẩu katasandi รหัสผาน पासवरड رمزعبور motdepasse \
         contraseña senha password",
    ),
];
