"""Runs the service behind the gateway. Its messages are bytes, because a gateway has no schema."""

import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

SERVICE = "interop.Test"
TAGS = ("x-echo", "x-echo-bin")


class Service(grpc.GenericRpcHandler):
    """Releases `cancelled` once for each call of Sleep that is cancelled."""

    def __init__(self):
        self.cancelled = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    def service(self, details):
        service, _, method = details.method.rpartition("/")
        if not service.startswith("/interop."):
            return None
        return {
            "Unary": grpc.unary_unary_rpc_method_handler(self.unary),
            "Upload": grpc.stream_unary_rpc_method_handler(self.upload),
            "Download": grpc.unary_stream_rpc_method_handler(self.download),
            "Chat": grpc.stream_stream_rpc_method_handler(self.chat),
            "Fail": grpc.unary_unary_rpc_method_handler(self.fail),
            "FailLater": grpc.unary_stream_rpc_method_handler(self.fail_later),
            "Sleep": grpc.unary_unary_rpc_method_handler(self.sleep),
        }.get(method)

    @staticmethod
    def tag(context):
        tags = [(key, value) for key, value in context.invocation_metadata() if key in TAGS]
        context.send_initial_metadata(tags)
        context.set_trailing_metadata(tags)

    def unary(self, request, context):
        self.tag(context)
        return request

    @staticmethod
    def upload(requests, context):
        return str(sum(len(request) for request in requests)).encode()

    @staticmethod
    def download(request, context):
        count, size = map(int, request.split(b","))
        for _ in range(count):
            yield bytes(size)

    @staticmethod
    def chat(requests, context):
        yield from requests

    @staticmethod
    def fail(request, context):
        code, _, message = request.decode().partition(",")
        context.abort(grpc.StatusCode[code], message)

    @staticmethod
    def fail_later(request, context):
        yield b"one"
        code, _, message = request.decode().partition(",")
        context.abort(grpc.StatusCode[code], message)

    def sleep(self, request, context):
        ended = threading.Event()
        context.add_callback(ended.set)
        self.begun.release()
        if ended.wait(60):
            self.cancelled.release()
        return request


def start():
    """Returns the service, its server and the port."""
    service = Service()
    server = grpc.server(ThreadPoolExecutor(32), handlers=[service])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return service, server, port
