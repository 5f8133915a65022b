package io.millrace.boot.autoconfigure.metrics;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.TimeGauge;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.autoconfigure.metrics.MeterApplication.Gate;
import io.millrace.boot.metrics.MillraceMeters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.millrace.boot.autoconfigure.metrics.MeterApplication.TIGHT;
import static io.millrace.boot.autoconfigure.metrics.MeterApplication.gate;
import static io.millrace.boot.autoconfigure.metrics.MeterApplication.registry;
import static io.millrace.boot.autoconfigure.metrics.MeterApplication.value;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each meter moves, in the right direction, when what it measures happens: clients on
 * real sockets, meters read from the registry as whoever collects them does.
 */
@Timeout(120)
class MeterMovementTests {

	private static final String ROUTE = "/bulkhead";

	private static void awaitValue(TestServer server, double expected, MillraceMeters meter, String... tags) {
		Awaitility.await().untilAsserted(() -> assertThat(value(server, meter, tags)).isEqualTo(expected));
	}

	private static void awaitAtLeast(TestServer server, double expected, MillraceMeters meter, String... tags) {
		Awaitility.await().untilAsserted(() -> assertThat(value(server, meter, tags)).isGreaterThanOrEqualTo(expected));
	}

	private static Socket open(TestServer server) throws IOException {
		Socket socket = new Socket("localhost", server.port());
		socket.setSoTimeout(30_000);
		return socket;
	}

	private static void reset(Socket socket) throws IOException {
		socket.setSoLinger(true, 0);
		socket.close();
	}

	static List<String> modes() {
		return (JRE.currentVersionNumber() >= 21) ? List.of("pool", "virtual") : List.of("pool");
	}

	@ParameterizedTest
	@MethodSource("modes")
	void queueWaitRisesWhenWorkersAreShortAndWhatFindsNoRoomIsRefused(String mode) throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "millrace.worker.mode=" + mode,
				"millrace.worker.max-" + (mode.equals("pool") ? "threads=1" : "concurrency=1"),
				"millrace.worker.queue.capacity=1", "management.endpoints.web.exposure.include=prometheus")) {
			Gate gate = gate(server);
			awaitValue(server, 1, MillraceMeters.WORKERS_MAX, "pool", "standard", "mode", mode);
			awaitValue(server, 1, MillraceMeters.QUEUE_CAPACITY, "pool", "standard");
			try (Socket first = server.send("/gate")) {
				gate.awaitEntered();
				awaitValue(server, 1, MillraceMeters.WORKERS_BUSY, "pool", "standard");
				awaitAtLeast(server, 1, MillraceMeters.WORKERS_THREADS, "pool", "standard");
				try (Socket second = server.send("/hello")) {
					awaitValue(server, 1, MillraceMeters.QUEUE_DEPTH, "pool", "standard", "priority", "normal");
					long waiting = System.nanoTime();
					awaitValue(server, 2, MillraceMeters.REQUESTS_IN_FLIGHT);
					assertThat(server.get("/hello").statusCode()).isEqualTo(503);
					awaitValue(server, 1, MillraceMeters.REQUESTS_REFUSED, "reason", "full");
					awaitValue(server, 1, MillraceMeters.REQUESTS_COMPLETED, "status", "5xx");
					long waited = System.nanoTime() - waiting;
					// Who collects the meters is answered meanwhile.
					assertThat(server.get("/actuator/prometheus").body())
						.contains("millrace_queue_depth{pool=\"standard\",priority=\"normal\"} 1.0");
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
					assertThat(first.getInputStream().read()).isEqualTo('H');
					awaitValue(server, 2, MillraceMeters.SERVICE_TIME, "mode", mode, "priority", "normal");
					assertThat(value(server, MillraceMeters.QUEUE_WAIT, "mode", mode, "priority", "normal"))
						.isEqualTo(2);
					assertThat(longest(server, MillraceMeters.QUEUE_WAIT, mode)).isGreaterThanOrEqualTo(waited);
					assertThat(longest(server, MillraceMeters.SERVICE_TIME, mode)).isGreaterThanOrEqualTo(waited);
				}
			}
			awaitValue(server, 0, MillraceMeters.WORKERS_BUSY);
			awaitValue(server, 0, MillraceMeters.QUEUE_DEPTH);
			awaitValue(server, 0, MillraceMeters.REQUESTS_IN_FLIGHT);
			awaitValue(server, 3, MillraceMeters.REQUESTS_COMPLETED, "status", "2xx");
		}
	}

	private static double longest(TestServer server, MillraceMeters meter, String mode) {
		return registry(server).get(meter.getName())
			.tags("mode", mode, "priority", "normal")
			.timer()
			.max(TimeUnit.NANOSECONDS);
	}

	@Test
	void whatWaitsTooLongIsCountedAsRefusedAndItsWaitIsTimed() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, TIGHT[0], TIGHT[2],
				"millrace.worker.queue.capacity=10", "millrace.worker.queue.max-wait=100ms")) {
			Gate gate = gate(server);
			try (Socket first = server.send("/gate")) {
				gate.awaitEntered();
				assertThat(server.get("/hello").statusCode()).isEqualTo(503);
				awaitValue(server, 1, MillraceMeters.REQUESTS_REFUSED, "reason", "waited");
				awaitValue(server, 1, MillraceMeters.QUEUE_WAIT, "mode", "none");
				gate.open.countDown();
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Test
	void whoGoesAwayWhileHeWaitsIsAbandonedAndWhoGoesAwayWhileHeIsServedAborts() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, TIGHT)) {
			Gate gate = gate(server);
			Socket first = server.send("/gate");
			gate.awaitEntered();
			Socket second = server.send("/hello");
			awaitValue(server, 1, MillraceMeters.QUEUE_DEPTH);
			reset(second);
			awaitValue(server, 1, MillraceMeters.REQUESTS_ABANDONED);
			awaitValue(server, 1, MillraceMeters.CLIENT_ABORTS);
			reset(first);
			awaitValue(server, 2, MillraceMeters.CLIENT_ABORTS);
			awaitValue(server, 2, MillraceMeters.REQUESTS_ABORTED);
			gate.open.countDown();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void loopLagRisesWhenARouteBlocksInline(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type, "millrace.event-loops=1",
				"millrace.watch.event-loop=100ms", "millrace.routes[0].pattern=/gate",
				"millrace.routes[0].mode=inline")) {
			Gate gate = gate(server);
			double before = value(server, MillraceMeters.STUCK, "kind", "event_loop");
			try (Socket socket = server.send("/gate")) {
				gate.awaitEntered();
				Awaitility.await().untilAsserted(() -> assertThat(lagMillis(server)).isGreaterThan(200));
				awaitAtLeast(server, before + 1, MillraceMeters.STUCK, "kind", "event_loop");
				double busy = value(server, MillraceMeters.EVENT_LOOP_BUSY_TIME);
				awaitAtLeast(server, busy + 0.1, MillraceMeters.EVENT_LOOP_BUSY_TIME);
				awaitAtLeast(server, 0.9, MillraceMeters.EVENT_LOOP_BUSY);
				awaitValue(server, 1, MillraceMeters.EVENT_LOOP_CONNECTIONS);
				gate.open.countDown();
				assertThat(socket.getInputStream().read()).isEqualTo('H');
			}
			Awaitility.await().untilAsserted(() -> assertThat(lagMillis(server)).isLessThan(200));
			Awaitility.await()
				.untilAsserted(() -> assertThat(value(server, MillraceMeters.EVENT_LOOP_BUSY)).isLessThan(0.5));
			awaitValue(server, 1, MillraceMeters.SERVICE_TIME, "mode", "inline");
		}
	}

	@Test
	void theMaximumIsToldOnceForAllListeners() throws Exception {
		try (TestServer server = MeterApplication.start("servlet", "millrace.max-connections=20",
				"millrace.listeners[0].port=0")) {
			assertThat(registry(server).get(MillraceMeters.CONNECTIONS_MAX.getName()).gauges()).singleElement()
				.satisfies((gauge) -> {
					assertThat(gauge.value()).isEqualTo(20);
					assertThat(gauge.getId().getTag("listener")).isNull();
				});
		}
	}

	private static double lagMillis(TestServer server) {
		TimeGauge lag = registry(server).get(MillraceMeters.EVENT_LOOP_LAG.getName()).timeGauge();
		return lag.value(TimeUnit.MILLISECONDS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void connectionsAreOpenAndIdleAndBusyAndGone(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type, "millrace.max-connections=20",
				"millrace.max-connections-per-ip=3", "millrace.routes[0].pattern=/gate",
				"millrace.routes[0].mode=pool")) {
			Gate gate = gate(server);
			assertThat(value(server, MillraceMeters.CONNECTIONS_MAX)).isEqualTo(20);
			List<Socket> sockets = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				sockets.add(open(server));
			}
			awaitValue(server, 3, MillraceMeters.CONNECTIONS_OPEN, "listener", "main", "protocol", "http1");
			awaitValue(server, 3, MillraceMeters.CONNECTIONS_IDLE);
			sockets.get(0)
				.getOutputStream()
				.write("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			gate.awaitEntered();
			awaitValue(server, 2, MillraceMeters.CONNECTIONS_IDLE);
			awaitValue(server, 3, MillraceMeters.CONNECTIONS_OPEN);
			try (Socket tooMany = open(server)) {
				assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
			}
			awaitValue(server, 1, MillraceMeters.CONNECTIONS_REFUSED, "reason", "per_ip");
			gate.open.countDown();
			assertThat(sockets.get(0).getInputStream().read()).isEqualTo('H');
			awaitValue(server, 3, MillraceMeters.CONNECTIONS_IDLE);
			for (Socket socket : sockets) {
				socket.close();
			}
			awaitValue(server, 0, MillraceMeters.CONNECTIONS_OPEN);
			awaitValue(server, 0, MillraceMeters.CONNECTIONS_IDLE);
			awaitAtLeast(server, 3, MillraceMeters.CONNECTIONS_ACCEPTED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void bytesAreThoseThatTheClientHasSentAndReceived(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type)) {
			String request = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
			String response = server.raw(request);
			assertThat(response).startsWith("HTTP/1.1 200").endsWith("hello");
			awaitValue(server, request.length(), MillraceMeters.DATA_RECEIVED);
			awaitValue(server, response.length(), MillraceMeters.DATA_SENT);
			assertThat(value(server, MillraceMeters.BUFFERS_USED)).isPositive();
		}
	}

	@Test
	void aHeadThatDoesNotComeIsATimeout() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "millrace.timeouts.header=100ms")) {
			assertThat(server.raw("GET /hello HTTP/1.1\r\n")).startsWith("HTTP/1.1 408");
			awaitValue(server, 1, MillraceMeters.TIMEOUTS, "kind", "header");
			awaitValue(server, 1, MillraceMeters.PROTOCOL_ERRORS, "kind", "timeout");
		}
	}

	@Test
	void aRequestThatTakesTooLongIsATimeout() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "millrace.timeouts.request=1s")) {
			assertThat(server.get("/gate").statusCode()).isEqualTo(503);
			awaitValue(server, 1, MillraceMeters.TIMEOUTS, "kind", "request");
			gate(server).open.countDown();
			awaitValue(server, 1, MillraceMeters.SERVICE_TIME);
		}
	}

	@Test
	void whatIsNoRequestIsAProtocolErrorOfItsKind() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "millrace.http1.max-header-count=5")) {
			assertThat(server.raw("GET /hello HTTP/1.1\r\nHost : localhost\r\n\r\n")).startsWith("HTTP/1.1 400");
			awaitValue(server, 1, MillraceMeters.PROTOCOL_ERRORS, "kind", "syntax");
			assertThat(server.raw("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"))
				.startsWith("HTTP/1.1 400");
			awaitValue(server, 1, MillraceMeters.PROTOCOL_ERRORS, "kind", "framing");
			assertThat(server.raw("GET /hello HTTP/1.1\r\nHost: a\r\n" + "a: b\r\n".repeat(6) + "\r\n"))
				.startsWith("HTTP/1.1 431");
			awaitValue(server, 1, MillraceMeters.PROTOCOL_ERRORS, "kind", "limit");
			assertThat(server.raw("GET /hello HTTP/3.0\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 505");
			awaitValue(server, 1, MillraceMeters.PROTOCOL_ERRORS, "kind", "unsupported");
			awaitValue(server, 0, MillraceMeters.SERVICE_TIME);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void aBulkheadShowsWhatRunsAndWhatWaits(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type, "millrace.routes[0].pattern=/bulkhead",
				"millrace.routes[0].mode=pool", "millrace.routes[0].max-concurrency=1", "millrace.routes[0].queue=1")) {
			Gate gate = gate(server);
			awaitValue(server, 1, MillraceMeters.BULKHEAD_MAX, "route", ROUTE);
			awaitValue(server, 1, MillraceMeters.BULKHEAD_CAPACITY, "route", ROUTE);
			try (Socket first = server.send("/bulkhead")) {
				gate.awaitEntered();
				awaitValue(server, 1, MillraceMeters.BULKHEAD_RUNNING, "route", ROUTE);
				assertThat(value(server, MillraceMeters.BULKHEAD_WAITING, "route", ROUTE)).isZero();
				try (Socket second = server.send("/bulkhead")) {
					awaitValue(server, 1, MillraceMeters.BULKHEAD_WAITING, "route", ROUTE);
					assertThat(server.get("/bulkhead").statusCode()).isEqualTo(503);
					awaitValue(server, 1, MillraceMeters.REQUESTS_REFUSED, "reason", "route");
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
				}
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
			awaitValue(server, 0, MillraceMeters.BULKHEAD_RUNNING);
			awaitValue(server, 0, MillraceMeters.BULKHEAD_WAITING);
		}
	}

	@Test
	void admissionShowsItsLimitAndWhatCountsAgainstIt() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "millrace.admission.limit=fixed",
				"millrace.admission.max=1")) {
			Gate gate = gate(server);
			assertThat(value(server, MillraceMeters.ADMISSION_LIMIT)).isEqualTo(1);
			try (Socket first = server.send("/gate")) {
				gate.awaitEntered();
				awaitValue(server, 1, MillraceMeters.ADMISSION_IN_FLIGHT);
				assertThat(server.get("/hello").statusCode()).isEqualTo(503);
				awaitValue(server, 1, MillraceMeters.REQUESTS_REFUSED, "reason", "limit");
				gate.open.countDown();
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
			awaitValue(server, 0, MillraceMeters.ADMISSION_IN_FLIGHT);
		}
	}

}
