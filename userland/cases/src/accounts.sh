# Runs a script, the first argument, where /etc, /home and /var/mail are its own.
set -e
mount --make-rprivate /
box=$PWD/../box
rm -rf "$box"
mkdir -p "$box/home" "$box/mail"
cp -a /etc "$box/etc"
cat > "$box/etc/passwd" <<'END'
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
END
cat > "$box/etc/group" <<'END'
root:x:0:
daemon:x:1:
sudo:x:27:
www-data:x:33:
shadow:x:42:
users:x:100:
nogroup:x:65534:
END
sed 's/^\([^:]*\):.*/\1:*:19700:0:99999:7:::/' "$box/etc/passwd" > "$box/etc/shadow"
sed 's/:x:[0-9]*:/:*::/' "$box/etc/group" > "$box/etc/gshadow"
chown 0:42 "$box/etc/shadow" "$box/etc/gshadow"
chmod 640 "$box/etc/shadow" "$box/etc/gshadow"
rm -f "$box/etc/"*-
: > "$box/etc/subuid"
: > "$box/etc/subgid"
rm -rf "$box/etc/skel"
mkdir "$box/etc/skel"
echo '# ~/.bashrc' > "$box/etc/skel/.bashrc"
touch -d '2025-01-02 03:04:05' "$box/etc/skel/.bashrc"
mount --bind "$box/etc" /etc
mount --bind "$box/home" /home
mount --bind "$box/mail" /var/mail
exec /bin/sh -c "$1"
