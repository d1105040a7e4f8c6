"""Servers for the tests of channels, on loopback with a CA of their own:

    stand_in.py DIR

makes DIR/ca.pem, starts an HTTPS server (and plain HTTP, and one whose
certificate nobody vouches for), and writes their ports to DIR/ports as JSON.
Each request becomes a line of JSON in DIR/requests; DIR/answer, where it is
there, is what is answered: {"status", "body", "headers", "hang", "huge"}.
It ends when its standard input does.
"""
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True,
                   timeout=60)


def make_certificates(d):
    """DIR/ca.pem, and DIR/server.pem (with its key) for localhost."""
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN=test {name}", "-keyout", f"{d}/{name}.key",
                "-out", f"{d}/{name}.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=localhost", "-keyout", f"{d}/server.key",
            "-out", f"{d}/server.csr")
    with open(f"{d}/ext", "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", f"{d}/server.csr", "-CA", f"{d}/ca.pem",
            "-CAkey", f"{d}/ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", f"{d}/ext", "-out", f"{d}/server.crt")
    with open(f"{d}/server.pem", "w", encoding="ascii") as out:
        for part in ("server.key", "server.crt"):
            with open(f"{d}/{part}", encoding="ascii") as f:
                out.write(f.read())


def server_context(d):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{d}/server.pem")
    return context


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one segment
    directory = "."

    def do_any(self):
        n = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(n).decode("utf-8", "replace")
        with open(f"{self.directory}/requests", "a", encoding="utf-8") as f:
            f.write(json.dumps({"method": self.command, "path": self.path,
                                "headers": dict(self.headers.items()),
                                "body": body}) + "\n")
        answer = {}
        if os.path.exists(f"{self.directory}/answer"):
            with open(f"{self.directory}/answer", encoding="utf-8") as f:
                answer = json.load(f)
        if answer.get("hang"):
            time.sleep(answer["hang"])
        out = answer.get("body", "ok").encode() + b"x" * answer.get("huge", 0)
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        try:
            self.wfile.write(out)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_any

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    context = None

    def get_request(self):
        sock, address = super().get_request()
        if self.context:
            sock.settimeout(20)
            sock = self.context.wrap_socket(sock, server_side=True,
                                            do_handshake_on_connect=False)
        return sock, address

    def handle_error(self, request, client_address):
        pass


def serve_http(d, tls):
    """A server in a thread; returns its port."""
    kind = type("Here", (Handler,), {"directory": d})
    server = Server(("127.0.0.1", 0), kind)
    server.context = server_context(d) if tls else None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Smtp(threading.Thread):
    """One mail server: what came is in self.mails. `refuse` and `later` are
    addresses; AUTH PLAIN takes any name with the password "geheim"."""

    def __init__(self, d, implicit=False):
        super().__init__(daemon=True)
        self.mails, self.said = [], []
        self.context, self.implicit = server_context(d), implicit
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.start()

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            try:
                self.talk(conn)
            except (OSError, ValueError):
                pass
            finally:
                conn.close()

    def talk(self, conn):
        conn.settimeout(20)
        if self.implicit:
            conn = self.context.wrap_socket(conn, server_side=True)
        f, mail = conn.makefile("rwb", 0), {}
        f.write(b"220 localhost ready\r\n")
        while line := f.readline():
            self.said.append(line)
            word = line.strip().upper()
            if word.startswith(b"EHLO"):
                f.write(b"250-localhost\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
            elif word == b"STARTTLS":
                f.write(b"220 go on\r\n")
                conn = self.context.wrap_socket(conn, server_side=True)
                f = conn.makefile("rwb", 0)
            elif word.startswith(b"AUTH PLAIN"):
                self.auth(f, line)
            elif word.startswith(b"MAIL"):
                mail = {"from": line, "tls": isinstance(conn, ssl.SSLSocket)}
                f.write(b"250 fine\r\n")
            elif word.startswith(b"RCPT"):
                mail["to"] = line
                f.write(b"550 no such user\r\n" if b"refuse" in line else
                        b"451 try later\r\n" if b"later" in line else
                        b"250 fine\r\n")
            elif word == b"DATA":
                f.write(b"354 go on\r\n")
                mail["data"] = self.data(f)
                self.mails.append(mail)
                f.write(b"250 queued as A1B2\r\n")
            elif word == b"QUIT":
                f.write(b"221 bye\r\n")
                return
            else:
                f.write(b"250 fine\r\n")

    def auth(self, f, line):
        words = line.split()
        if len(words) < 3:
            f.write(b"334 \r\n")
            words = [b"", b"", f.readline().strip()]
        import base64
        good = base64.b64decode(words[2]).endswith(b"\0geheim")
        f.write(b"235 fine\r\n" if good else b"535 wrong password\r\n")

    @staticmethod
    def data(f):
        lines = []
        while (line := f.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


def main():
    d = sys.argv[1]
    make_certificates(d)
    ports = {"https": serve_http(d, True), "http": serve_http(d, False)}
    with open(f"{d}/ports.new", "w", encoding="ascii") as f:
        json.dump(ports, f)
    os.rename(f"{d}/ports.new", f"{d}/ports")
    sys.stdin.read()


if __name__ == "__main__":
    main()
