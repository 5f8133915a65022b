package io.millrace.boot.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * gRPC inside of the servlet server, as Boot configures it, asked by gRPC's own client.
 */
class GrpcTests {

	private static final CallOptions OPTIONS = CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.MINUTES);

	private static TestServer server;

	private static ManagedChannel channel;

	@BeforeAll
	static void start() {
		server = TestServer.servlet(Application.class, "server.http2.enabled=true");
		channel = NettyChannelBuilder.forAddress("localhost", server.port()).usePlaintext().build();
	}

	@AfterAll
	static void stop() {
		channel.shutdownNow();
		server.close();
	}

	@AfterEach
	void nothingIsLeft() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(server.millrace().getEngine().snapshot().requests().inFlight()).isZero());
	}

	private static String call(MethodDescriptor<String, String> method, String message) {
		return ClientCalls.blockingUnaryCall(channel, method, OPTIONS, message);
	}

	private static Status.Code failure(MethodDescriptor<String, String> method, CallOptions options, String message) {
		try {
			ClientCalls.blockingUnaryCall(channel, method, options, message);
			return Status.Code.OK;
		}
		catch (StatusRuntimeException ex) {
			return ex.getStatus().getCode();
		}
	}

	@Test
	void oneMessageIsAnswered() {
		assertThat(call(GrpcEcho.SAY, "hello")).isEqualTo("You said hello");
		assertThat(call(GrpcEcho.SAY, "")).isEqualTo("You said ");
	}

	@Test
	void aLargeMessageIsAnswered() {
		String large = "x".repeat(3_000_000);
		assertThat(call(GrpcEcho.SAY, large)).isEqualTo("You said " + large);
	}

	@Test
	void messagesMayBeCompressed() {
		String message = "compressed ".repeat(10_000);
		assertThat(ClientCalls.blockingUnaryCall(channel, GrpcEcho.SAY, OPTIONS.withCompression("gzip"), message))
			.isEqualTo("You said " + message);
	}

	@Test
	void theServerMayStream() {
		List<String> messages = new ArrayList<>();
		Iterator<String> answers = ClientCalls.blockingServerStreamingCall(channel, GrpcEcho.COUNT, OPTIONS, "5000");
		answers.forEachRemaining(messages::add);
		assertThat(messages).hasSize(5000).startsWith("message 0", "message 1").endsWith("message 4999");
	}

	@Test
	void theClientMayStream() throws Exception {
		Answers answers = new Answers();
		StreamObserver<String> requests = ClientCalls.asyncClientStreamingCall(channel.newCall(GrpcEcho.SUM, OPTIONS),
				answers);
		for (int i = 0; i < 1000; i++) {
			requests.onNext("x".repeat(1000));
		}
		requests.onCompleted();
		assertThat(answers.next()).isEqualTo("1000 messages, 1000000 characters");
		assertThat(answers.next()).isEqualTo("completed");
	}

	@Test
	void bothMayStreamAtTheSameTime() throws Exception {
		Answers answers = new Answers();
		StreamObserver<String> requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(GrpcEcho.CHAT, OPTIONS),
				answers);
		for (int i = 0; i < 200; i++) {
			requests.onNext("word " + i);
			assertThat(answers.next()).isEqualTo("You said word " + i);
		}
		requests.onCompleted();
		assertThat(answers.next()).isEqualTo("Bye");
		assertThat(answers.next()).isEqualTo("completed");
	}

	@Test
	void anErrorIsToldInTrailers() {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> call(GrpcEcho.FAIL, "Nicht m\u00f6glich"))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
				assertThat(ex.getStatus().getDescription()).isEqualTo("Nicht m\u00f6glich");
				assertThat(ex.getTrailers().get(GrpcEcho.REASON)).isEqualTo("because");
			});
	}

	@Test
	void aServiceThatThrowsIsAnError() {
		assertThat(failure(GrpcEcho.THROW, OPTIONS, "")).isEqualTo(Status.Code.UNKNOWN);
	}

	@Test
	void aMethodThatIsNotThereIsAnError() {
		assertThat(failure(GrpcEcho.MISSING, OPTIONS, "")).isEqualTo(Status.Code.UNIMPLEMENTED);
	}

	@Test
	void aMessageThatIsTooLargeIsAnError() {
		assertThat(failure(GrpcEcho.SAY, OPTIONS, "x".repeat(5_000_000))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(call(GrpcEcho.SAY, "hello")).isEqualTo("You said hello");
	}

	@Test
	void aDeadlineThatPassesEndsTheCall() {
		assertThat(failure(GrpcEcho.WAIT, CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS), ""))
			.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	@Test
	void aCallThatIsCancelledIsCancelledInTheService() throws Exception {
		ClientCall<String, String> call = channel.newCall(GrpcEcho.WAIT, OPTIONS);
		Future<String> answer = ClientCalls.futureUnaryCall(call, "");
		GrpcEcho service = server.context().getBean(GrpcEcho.class);
		service.waiting.get(30, TimeUnit.SECONDS);
		call.cancel("The test is tired of waiting", null);
		service.cancelled.get(30, TimeUnit.SECONDS);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> answer.get(30, TimeUnit.SECONDS));
	}

	@Test
	void aThousandCallsAtOnceAreAnswered() throws Exception {
		List<Future<String>> answers = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			answers.add(ClientCalls.futureUnaryCall(channel.newCall(GrpcEcho.SAY, OPTIONS), "call " + i));
		}
		for (int i = 0; i < 1000; i++) {
			assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("You said call " + i);
		}
	}

	@Test
	void manyStreamsMayBeOpenAtOnce() throws Exception {
		List<Answers> answers = new ArrayList<>();
		List<StreamObserver<String>> requests = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			answers.add(new Answers());
			requests.add(ClientCalls.asyncBidiStreamingCall(channel.newCall(GrpcEcho.CHAT, OPTIONS), answers.get(i)));
		}
		for (int round = 0; round < 10; round++) {
			for (StreamObserver<String> request : requests) {
				request.onNext("round " + round);
			}
			for (Answers answer : answers) {
				assertThat(answer.next()).isEqualTo("You said round " + round);
			}
		}
		requests.forEach(StreamObserver::onCompleted);
		for (Answers answer : answers) {
			assertThat(answer.next()).isEqualTo("Bye");
			assertThat(answer.next()).isEqualTo("completed");
		}
	}

	@Test
	void otherRequestsAreAnsweredOnTheSamePort() throws Exception {
		assertThat(server.get("/plain").body()).isEqualTo("plain");
	}

	@Nested
	class WithTls {

		@Test
		void callsAreAnswered(@TempDir Path directory) throws Exception {
			String[] pem = TlsFiles.pem(directory, "server.ssl.", TlsFiles.server("localhost"));
			try (TestServer secured = TestServer.servlet(Application.class, "server.http2.enabled=true", pem[0],
					pem[1])) {
				ManagedChannel tls = NettyChannelBuilder.forAddress("localhost", secured.port())
					.sslContext(GrpcSslContexts.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build())
					.build();
				assertThat(ClientCalls.blockingUnaryCall(tls, GrpcEcho.SAY, OPTIONS, "hello"))
					.isEqualTo("You said hello");
				Answers answers = new Answers();
				StreamObserver<String> requests = ClientCalls
					.asyncBidiStreamingCall(tls.newCall(GrpcEcho.CHAT, OPTIONS), answers);
				requests.onNext("hello");
				assertThat(answers.next()).isEqualTo("You said hello");
				requests.onCompleted();
				assertThat(answers.next()).isEqualTo("Bye");
				assertThat(answers.next()).isEqualTo("completed");
				tls.shutdown();
			}
		}

	}

	/** Collects what the server says. */
	private static final class Answers implements StreamObserver<String> {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		@Override
		public void onNext(String message) {
			this.messages.add(message);
		}

		@Override
		public void onError(Throwable ex) {
			this.messages.add(ex.toString());
		}

		@Override
		public void onCompleted() {
			this.messages.add("completed");
		}

		String next() throws InterruptedException {
			return this.messages.poll(60, TimeUnit.SECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@Bean
		GrpcEcho echo() {
			return new GrpcEcho();
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
