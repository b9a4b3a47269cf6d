import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes calls through the gateway with grpc-java. Messages are bytes, like those of the service. Arguments: the ports of
 * h2c and of TLS, and the value of an Authorization header for the protected service.
 */
final class GrpcClient {
    private static final int SECONDS = 30;
    private static final int LARGE = 314_159;
    private static final int[] SIZES = {27_182, 8, 1_828, 45_904};
    private static final String TEXT = "whitespace\t\r\n, \u263A and \uD83D\uDE08";
    private static final Metadata.Key<byte[]> ECHO = Metadata.Key.of("x-echo-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    };

    private final Channel channel;
    private final String service;

    private GrpcClient(Channel channel, String service) {
        this.channel = channel;
        this.service = service;
    }

    public static void main(String[] arguments) {
        var plain = connect(arguments[0], InsecureChannelCredentials.create());
        // The certificate is self-signed, and these tests do not test trust.
        var trustAll = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
        var secure = connect(
                arguments[1], TlsChannelCredentials.newBuilder().trustManager(trustAll).build());
        int failed = all("h2c", plain, plain, "interop.Test")
                + all("TLS", secure, secure, "interop.Test")
                + all("h2c, oauth2", plain, authorized(plain, arguments[2]), "interop.Secret")
                + all("TLS, oauth2", secure, authorized(secure, arguments[2]), "interop.Secret");
        plain.shutdownNow();
        secure.shutdownNow();
        System.exit(failed > 0 ? 1 : 0);
    }

    private static ManagedChannel connect(String port, ChannelCredentials credentials) {
        return Grpc.newChannelBuilderForAddress("127.0.0.1", Integer.parseInt(port), credentials)
                .overrideAuthority("ec.test")
                .build();
    }

    private static Channel authorized(Channel channel, String authorization) {
        var metadata = new Metadata();
        metadata.put(AUTHORIZATION, authorization.strip());
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** Runs all cases; returns the number of those that fail. */
    private static int all(String what, Channel bare, Channel channel, String service) {
        var client = new GrpcClient(channel, service);
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("large unary", client::largeUnary);
        cases.put("compressed unary", client::compressedUnary);
        cases.put("upload", client::upload);
        cases.put("ping pong", client::pingPong);
        cases.put("cancel", client::cancel);
        cases.put("deadline", client::deadline);
        cases.put("status", client::status);
        cases.put("metadata", client::metadata);
        cases.put("no route", () -> ownError(bare, "nowhere.Test", Status.Code.UNIMPLEMENTED));
        cases.put("no token", () -> ownError(bare, "interop.token.Test", Status.Code.UNAUTHENTICATED));
        cases.put("a closed port", () -> ownError(bare, "interop.closed.Test", Status.Code.UNAVAILABLE));
        cases.put("a read timeout", () -> ownError(bare, "interop.slow.Test", Status.Code.DEADLINE_EXCEEDED));
        int failed = 0;
        for (var test : cases.entrySet()) {
            try {
                test.getValue().run();
            } catch (Exception | AssertionError failure) {
                failed++;
                System.out.printf("grpc: grpc-java, %s: FAILED: %s: %s%n", what, test.getKey(), failure);
            }
        }
        System.out.printf("grpc: grpc-java, %s: %d of %d pass%n", what, cases.size() - failed, cases.size());
        return failed;
    }

    private void largeUnary() {
        equal(LARGE, unary("Unary", new byte[LARGE], limit()).length);
    }

    private void compressedUnary() {
        var message = new byte[LARGE];
        Arrays.fill(message, (byte) 'a');
        equal(true, Arrays.equals(message, unary("Unary", message, limit().withCompression("gzip"))));
    }

    private void upload() throws Exception {
        var total = new CompletableFuture<byte[]>();
        var call = channel.newCall(method("Upload", MethodDescriptor.MethodType.CLIENT_STREAMING), limit());
        var requests = ClientCalls.asyncClientStreamingCall(call, new StreamObserver<byte[]>() {
            @Override
            public void onNext(byte[] message) {
                total.complete(message);
            }

            @Override
            public void onError(Throwable failure) {
                total.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });
        for (int count = 0; count < 160; count++) {
            requests.onNext(new byte[65_536]);
        }
        requests.onCompleted();
        equal(String.valueOf(160 * 65_536), new String(total.get(SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8));
    }

    private void pingPong() throws Exception {
        // The length of each message, the failure, or "the end".
        BlockingQueue<Object> responses = new LinkedBlockingQueue<>();
        var call = channel.newCall(method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING), limit());
        var requests = ClientCalls.asyncBidiStreamingCall(call, new StreamObserver<byte[]>() {
            @Override
            public void onNext(byte[] message) {
                responses.add(message.length);
            }

            @Override
            public void onError(Throwable failure) {
                responses.add(failure);
            }

            @Override
            public void onCompleted() {
                responses.add("the end");
            }
        });
        for (int size : SIZES) {
            requests.onNext(new byte[size]);
            equal(size, responses.poll(SECONDS, TimeUnit.SECONDS));
        }
        requests.onCompleted();
        equal("the end", responses.poll(SECONDS, TimeUnit.SECONDS));
    }

    private void cancel() {
        try (var context = Context.current().withCancellation()) {
            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(() -> context.cancel(null));
            context.run(() -> fails(Status.Code.CANCELLED, () -> unary("Sleep", new byte[0], limit())));
        }
    }

    private void deadline() {
        var second = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS);
        fails(Status.Code.DEADLINE_EXCEEDED, () -> unary("Sleep", new byte[0], second));
    }

    private void status() {
        var request = ("FAILED_PRECONDITION," + TEXT).getBytes(StandardCharsets.UTF_8);
        var status = fails(Status.Code.FAILED_PRECONDITION, () -> unary("Fail", request, limit()));
        equal(TEXT, status.getDescription());
    }

    private void metadata() {
        byte[] value = {(byte) 0xab, 0, (byte) 0xff};
        var tags = new Metadata();
        tags.put(ECHO, value);
        var head = new AtomicReference<Metadata>();
        var trailer = new AtomicReference<Metadata>();
        var tagged = ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(tags),
                MetadataUtils.newCaptureMetadataInterceptor(head, trailer));
        new GrpcClient(tagged, service).unary("Unary", new byte[0], limit());
        equal(true, Arrays.equals(value, head.get().get(ECHO)));
        equal(true, Arrays.equals(value, trailer.get().get(ECHO)));
    }

    /** Checks the gateway's own error for a service that it does not forward. */
    private static void ownError(Channel channel, String service, Status.Code code) {
        fails(code, () -> new GrpcClient(channel, service).unary("Sleep", new byte[0], limit()));
    }

    private byte[] unary(String name, byte[] request, CallOptions options) {
        var method = method(name, MethodDescriptor.MethodType.UNARY);
        return ClientCalls.blockingUnaryCall(channel, method, options, request);
    }

    private MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(BYTES)
                .build();
    }

    private static CallOptions limit() {
        return CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    private static void equal(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }

    private static Status fails(Status.Code code, Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException failure) {
            equal(code, failure.getStatus().getCode());
            return failure.getStatus();
        }
        throw new AssertionError("the call succeeded instead of " + code);
    }

    private interface Case {
        void run() throws Exception;
    }
}
