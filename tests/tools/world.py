"""Namespaces of a test's own: mounts and networks that nobody else sees."""
import os


def unshare(*what):
    """The words that start what follows in namespaces `what` ("--mount",
    "--net"), as root in there. Who is root already needs no user namespace,
    which some machines and every chroot refuse."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, *what]
