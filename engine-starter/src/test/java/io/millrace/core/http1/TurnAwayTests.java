package io.millrace.core.http1;

import java.util.ArrayDeque;
import java.util.Queue;

import io.millrace.core.http.Exchange;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests that are refused without an exchange. They get the very bytes that
 * they would get with one.
 */
class TurnAwayTests {

	private static final String HOST = "Host: a\r\n";

	private final Queue<Exchange> open = new ArrayDeque<>();

	private Wire wire(boolean saysBeforehand, @Nullable String server) {
		Http1Options defaults = Http1Options.defaults();
		return new Wire(this.open::add, new Http1Options(defaults.maxRequestLineSize(), defaults.maxHeaderSize(),
				defaults.maxHeaderCount(), 1000, 100, server), new Full(saysBeforehand));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HEAD / HTTP/1.0\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nbad\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n" })
	void theBytesAreTheSameAsThoseOfAnExchange(String request) {
		for (String server : new String[] { null, "desk" }) {
			String expected = refused(request, false, server);
			assertThat(expected).contains(request.contains("4000") ? " 413 " : " 503 Service Unavailable\r\n");
			assertThat(refused(request, true, server)).isEqualTo(expected);
		}
	}

	private String refused(String request, boolean saysBeforehand, @Nullable String server) {
		try (Wire wire = wire(saysBeforehand, server)) {
			String received = wire.send(request).received();
			// What comes next shows what has become of the connection.
			received += wire.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").received();
			received += wire.isOpen() ? "open" : "closed";
			assertThat(this.open).isEmpty();
			return received + wire.counts;
		}
	}

	@Test
	void whatItSays() {
		try (Wire wire = wire(true, null)) {
			assertThat(wire.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").received()).isEqualTo("""
					HTTP/1.1 503 Service Unavailable\r
					Content-Type: text/plain;charset=UTF-8\r
					Cache-Control: no-store\r
					Retry-After: 1\r
					Content-Length: 62\r
					\r
					503 Service Unavailable: The server is busy, try again later.
					""");
			assertThat(wire.counts.of("refused.limit")).isOne();
			assertThat(wire.isOpen()).isTrue();
		}
	}

	@Test
	void manyRequestsInOneSegmentAreAllRefused() {
		try (Wire wire = wire(true, null)) {
			String received = wire.send(("GET / HTTP/1.1\r\n" + HOST + "\r\n").repeat(200)).received();
			assertThat(received.split("HTTP/1.1 503 ")).hasSize(201);
			assertThat(wire.counts.of("refused.limit")).isEqualTo(200);
		}
	}

	@Test
	void aBodyThatComesLaterIsReadAwayBeforeTheNextRequest() {
		try (Wire wire = wire(true, null)) {
			wire.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 50\r\n\r\n");
			assertThat(wire.received()).startsWith("HTTP/1.1 503 ");
			wire.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(wire.received()).isEmpty();
			wire.send(".".repeat(15));
			assertThat(wire.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").received()).startsWith("HTTP/1.1 503 ");
			assertThat(wire.counts.of("refused.limit")).isEqualTo(2);
		}
	}

	/** Admits nobody. */
	private record Full(boolean isFull) implements Admission {

		@Override
		public @Nullable Permit tryAcquire(Priority priority) {
			return null;
		}

		@Override
		public AdmissionSnapshot snapshot() {
			return new AdmissionSnapshot(0, 0);
		}

	}

}
