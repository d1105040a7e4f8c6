"""A mailbox of its own for tests: dovecot's IMAP server over a Maildir, started
on loopback with a configuration of the test's, and an SMTP server that says 250
and drops what it takes.

    box = mailbox.Box(t, MAILDIR)   box.plain, box.tls: ports; user "ir",
                                    password "geheim"
    liar = mailbox.Liar()           liar.port, liar.taken; with liar.to set to
                                    a port it passes all on to that server
"""
import os
import shutil
import socket
import threading

import channel_try

DOVECOT = "/usr/sbin/dovecot"
CONF = """
base_dir = %(dir)s/run
state_dir = %(dir)s/state
log_path = %(dir)s/log
protocols = imap
listen = 127.0.0.1
ssl = %(ssl)s
ssl_cert = <%(top)s/server.crt
ssl_key = <%(top)s/server.key
ssl_dh =
disable_plaintext_auth = yes
auth_failure_delay = 0
default_internal_user = %(user)s
default_login_user = %(user)s
default_internal_group = %(group)s
first_valid_uid = 1
mail_location = maildir:%(maildir)s
auth_mechanisms = plain
passdb {
  driver = static
  args = password=geheim
}
userdb {
  driver = static
  args = uid=%(uid)d gid=%(gid)d home=%(dir)s
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(plain)d
  }
  inet_listener imaps {
    port = %(tls)d
    ssl = yes
  }
}
service anvil {
  chroot =
  # who has the password wrong is not made to wait
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""


class Box:
    """Dovecot as nobody, or as who we are."""

    def __init__(self, t, maildir):
        import grp  # pylint: disable=import-outside-toplevel
        import pwd  # pylint: disable=import-outside-toplevel
        root = os.getuid() == 0
        uid = channel_try.NOBODY if root else os.getuid()
        gid = channel_try.NOBODY if root else os.getgid()
        self.plain, self.tls = channel_try.free_port(), channel_try.free_port()
        self.dir = f"{t.dir}/dovecot"
        for d in (self.dir, f"{self.dir}/run", f"{self.dir}/state"):
            os.mkdir(d)
        os.makedirs(maildir, exist_ok=True)
        with open(f"{self.dir}/conf", "w", encoding="ascii") as f:
            f.write(CONF % {"dir": self.dir, "top": t.dir, "maildir": maildir,
                            "ssl": "required", "plain": self.plain,
                            "tls": self.tls, "uid": uid, "gid": gid,
                            "user": pwd.getpwuid(uid).pw_name,
                            "group": grp.getgrgid(gid).gr_name})
        if root:
            for top, _, names in os.walk(maildir):
                os.chown(top, uid, gid)
                for name in names:
                    shutil.chown(f"{top}/{name}", uid, gid)
            os.chown(self.dir, uid, gid)
        with open(f"{self.dir}/err", "wb") as f:
            t.start([DOVECOT, "-F", "-c", f"{self.dir}/conf"], stdout=f,
                    stderr=f)
        if not channel_try.wait_for(lambda: channel_try.answers(self.tls)):
            raise SystemExit("dovecot does not start: " + self.said())

    def said(self):
        out = ""
        for name in ("err", "log"):
            if os.path.exists(f"{self.dir}/{name}"):
                with open(f"{self.dir}/{name}", encoding="utf-8") as f:
                    out += f.read()
        return out


def pump(a, b, seen=None):
    try:
        while data := a.recv(65536):
            if seen is not None:
                seen += data
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Liar(threading.Thread):
    """Says 250 to every mail and delivers none; or passes on to another."""

    def __init__(self):
        super().__init__(daemon=True)
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.taken, self.passed, self.to = [], [], None
        self.start()

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            threading.Thread(target=self.serve, args=(conn,),
                             daemon=True).start()

    def pass_on(self, conn):
        with conn, socket.create_connection(("127.0.0.1", self.to)) as other:
            back = threading.Thread(target=pump, args=(other, conn),
                                    daemon=True)
            back.start()
            seen = bytearray()
            pump(conn, other, seen)
            self.passed.append(bytes(seen))
            back.join()

    def serve(self, conn):
        if self.to:
            try:
                self.pass_on(conn)
            except OSError:
                pass
            return
        with conn, conn.makefile("rb") as lines:
            conn.sendall(b"220 liar ESMTP\r\n")
            for line in lines:
                word = line[:4].upper()
                if word == b"DATA":
                    conn.sendall(b"354 go on\r\n")
                    mail = b""
                    for part in lines:
                        if part == b".\r\n":
                            break
                        mail += part
                    self.taken.append(mail)
                    conn.sendall(b"250 OK id=queued\r\n")
                elif word == b"QUIT":
                    conn.sendall(b"221 bye\r\n")
                    return
                else:
                    conn.sendall(b"250 OK\r\n")
