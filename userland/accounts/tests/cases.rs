//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let (program, names) = (env!("CARGO_BIN_EXE_accounts"), [
                "adduser", "addgroup", "deluser", "delgroup", "useradd", "userdel", "usermod",
                "groupadd", "groupdel", "groupmod", "gpasswd", "passwd", "chpasswd", "getent", "su",
                "runuser",
            ]);
            cases::check_accounts(stringify!($name), program, &names, env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { adduser deluser getent group passwd su useradd usermod }
