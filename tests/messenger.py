"""A messenger that a test need not wait for."""


class SameThread:
    @staticmethod
    def submit(send, *arguments):
        send(*arguments)
