package io.millrace.boot.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * A service whose messages are strings, so that nothing has to be generated.
 */
final class GrpcEcho implements BindableService {

	static final MethodDescriptor<String, String> SAY = method(MethodType.UNARY, "Say");

	static final MethodDescriptor<String, String> FAIL = method(MethodType.UNARY, "Fail");

	static final MethodDescriptor<String, String> THROW = method(MethodType.UNARY, "Throw");

	static final MethodDescriptor<String, String> MISSING = method(MethodType.UNARY, "Missing");

	/** Is never answered. */
	static final MethodDescriptor<String, String> WAIT = method(MethodType.UNARY, "Wait");

	/** Answers with as many messages as the request says. */
	static final MethodDescriptor<String, String> COUNT = method(MethodType.SERVER_STREAMING, "Count");

	/** Answers with the number of messages and their length. */
	static final MethodDescriptor<String, String> SUM = method(MethodType.CLIENT_STREAMING, "Sum");

	/** Answers each message at once. */
	static final MethodDescriptor<String, String> CHAT = method(MethodType.BIDI_STREAMING, "Chat");

	static final Metadata.Key<String> REASON = Metadata.Key.of("x-reason", Metadata.ASCII_STRING_MARSHALLER);

	/** Is completed when the next call of {@link #WAIT} was cancelled. */
	final CompletableFuture<Void> cancelled = new CompletableFuture<>();

	/** Is completed when a call of {@link #WAIT} has reached the service. */
	final CompletableFuture<Void> waiting = new CompletableFuture<>();

	private static MethodDescriptor<String, String> method(MethodType type, String name) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName("millrace.Echo/" + name)
			.setRequestMarshaller(Text.INSTANCE)
			.setResponseMarshaller(Text.INSTANCE)
			.build();
	}

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder("millrace.Echo")
			.addMethod(SAY, ServerCalls.asyncUnaryCall((message, answers) -> {
				answers.onNext("You said " + message);
				answers.onCompleted();
			}))
			.addMethod(FAIL, ServerCalls.asyncUnaryCall(GrpcEcho::fail))
			.addMethod(THROW, ServerCalls.asyncUnaryCall((message, answers) -> {
				throw new IllegalStateException("thrown by the test");
			}))
			.addMethod(WAIT, ServerCalls.asyncUnaryCall((message, answers) -> {
				((ServerCallStreamObserver<String>) answers).setOnCancelHandler(() -> this.cancelled.complete(null));
				this.waiting.complete(null);
			}))
			.addMethod(COUNT, ServerCalls.asyncServerStreamingCall(GrpcEcho::count))
			.addMethod(SUM, ServerCalls.asyncClientStreamingCall(Sum::new))
			.addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Chat::new))
			.build();
	}

	private static void fail(String message, StreamObserver<String> answers) {
		Metadata trailers = new Metadata();
		trailers.put(REASON, "because");
		answers.onError(Status.FAILED_PRECONDITION.withDescription(message).asRuntimeException(trailers));
	}

	// As fast as the client takes it.
	private static void count(String number, StreamObserver<String> answers) {
		ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) answers;
		AtomicInteger next = new AtomicInteger();
		int end = Integer.parseInt(number);
		call.setOnReadyHandler(() -> {
			while (call.isReady() && next.get() < end) {
				call.onNext("message " + next.getAndIncrement());
			}
			if (next.get() == end) {
				next.incrementAndGet();
				call.onCompleted();
			}
		});
	}

	private static final class Sum implements StreamObserver<String> {

		private final StreamObserver<String> answers;

		private int count;

		private long length;

		Sum(StreamObserver<String> answers) {
			this.answers = answers;
		}

		@Override
		public void onNext(String message) {
			this.count++;
			this.length += message.length();
		}

		@Override
		public void onError(Throwable ex) {
		}

		@Override
		public void onCompleted() {
			this.answers.onNext(this.count + " messages, " + this.length + " characters");
			this.answers.onCompleted();
		}

	}

	private static final class Chat implements StreamObserver<String> {

		private final StreamObserver<String> answers;

		Chat(StreamObserver<String> answers) {
			this.answers = answers;
		}

		@Override
		public void onNext(String message) {
			this.answers.onNext("You said " + message);
		}

		@Override
		public void onError(Throwable ex) {
		}

		@Override
		public void onCompleted() {
			this.answers.onNext("Bye");
			this.answers.onCompleted();
		}

	}

	private enum Text implements MethodDescriptor.Marshaller<String> {

		INSTANCE;

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
