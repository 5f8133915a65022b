package io.millrace.boot.autoconfigure.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.millrace.core.observe.EngineSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotDocumentTests {

	private static final EngineSnapshot.Connections CONNECTIONS = new EngineSnapshot.Connections(5, 3, 100, 9, 4,
			Map.of("per_ip", 1L), Map.of("descriptors", 2L), 10, 20, 11, 12,
			Map.of("http1", new EngineSnapshot.Protocol(5, 3)));

	private static final EngineSnapshot SNAPSHOT = new EngineSnapshot(Instant.parse("2026-01-02T03:04:05Z"),
			Duration.ofSeconds(90), "running", "epoll", 8080,
			List.of(new EngineSnapshot.Listener("main", "0.0.0.0:8080", 8080, false, List.of("http1"), CONNECTIONS)),
			CONNECTIONS, new EngineSnapshot.Requests(2, 30, 27, 1, Map.of("2xx", 27L)),
			new EngineSnapshot.Refusals(Map.of("full", 6L), 7, 8, 9, Map.of("idle", 3L), Map.of("syntax", 4L),
					Map.of("pool", 1L)),
			List.of(new EngineSnapshot.Workers("standard", "pool", 200, 10, 2, Map.of("normal", 0), 16384, 6)),
			List.of(new EngineSnapshot.Bulkhead("/reports/**", 4, 3, 2, 20)), new EngineSnapshot.Admission(50, 2),
			List.of(new EngineSnapshot.EventLoop("millrace-loop-1", 5, Duration.ofNanos(1_234_567), 5_000_000, 0.25)),
			new EngineSnapshot.Buffers(1, 2, -1, 4));

	private static final List<String> NAMES = List.of("schema", "takenAt", "uptimeMs", "state", "transport", "port",
			"listeners[].name", "listeners[].address", "listeners[].port", "listeners[].tls", "listeners[].protocols",
			"listeners[].open", "listeners[].accepted", "connections.open", "connections.idle", "connections.limit",
			"connections.accepted", "connections.closed", "connections.refused", "connections.acceptFailures",
			"connections.bytesIn", "connections.bytesOut", "connections.handshakes", "connections.handshakesFailed",
			"connections.byProtocol", "requests.inFlight", "requests.started", "requests.completed", "requests.aborted",
			"requests.byStatus", "refusals.refused", "refusals.abandoned", "refusals.rateUnknown",
			"refusals.clientAborts", "refusals.timeouts", "refusals.protocolErrors", "refusals.stuck", "workers[].name",
			"workers[].mode", "workers[].limit", "workers[].threads", "workers[].busy", "workers[].waiting",
			"workers[].capacity", "workers[].refused", "bulkheads[].route", "bulkheads[].limit", "bulkheads[].running",
			"bulkheads[].waiting", "bulkheads[].capacity", "admission.limit", "admission.inFlight", "eventLoops[].name",
			"eventLoops[].connections", "eventLoops[].lagMs", "eventLoops[].busyMs", "eventLoops[].busyRatio",
			"buffers.usedHeapBytes", "buffers.usedDirectBytes", "buffers.pinnedHeapBytes", "buffers.pinnedDirectBytes");

	@Test
	void theNamesAreAPromise() {
		List<String> names = new ArrayList<>();
		collect("", SnapshotDocument.of(SNAPSHOT), names);
		assertThat(names).containsExactlyElementsOf(NAMES);
	}

	@Test
	void theNamesAreDocumented() throws IOException {
		List<String> rows = Files.readAllLines(Path.of("../docs/observe.md"))
			.stream()
			.filter((line) -> line.startsWith("| `"))
			.toList();
		assertThat(NAMES).allSatisfy((name) -> assertThat(rows).as(name)
			.anySatisfy((row) -> assertThat(row).startsWith("| `" + name + "`")));
	}

	@Test
	void timesAreMillisecondsAndLagIsExact() {
		Map<String, Object> document = SnapshotDocument.of(SNAPSHOT);
		assertThat(document).containsEntry("uptimeMs", 90_000L).containsEntry("takenAt", "2026-01-02T03:04:05Z");
		assertThat(document.get("eventLoops")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
			.singleElement()
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
			.containsEntry("lagMs", 1.235)
			.containsEntry("busyMs", 5.0);
	}

	@Test
	void everyLibraryAndJmxCanWriteIt() {
		assertPlain(SnapshotDocument.of(SNAPSHOT));
	}

	private static void assertPlain(Object value) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, each) -> {
				assertThat(key).isInstanceOf(String.class);
				assertPlain(each);
			});
		}
		else if (value instanceof List<?> list) {
			list.forEach(SnapshotDocumentTests::assertPlain);
		}
		else {
			assertThat(value).isInstanceOfAny(String.class, Integer.class, Long.class, Double.class, Boolean.class);
		}
	}

	@Test
	void whatThereIsNotIsLeftOut() {
		EngineSnapshot unlimited = new EngineSnapshot(SNAPSHOT.takenAt(), SNAPSHOT.uptime(), SNAPSHOT.state(),
				SNAPSHOT.transport(), SNAPSHOT.port(), SNAPSHOT.listeners(), SNAPSHOT.connections(),
				SNAPSHOT.requests(), SNAPSHOT.refusals(), SNAPSHOT.workers(), SNAPSHOT.bulkheads(), null,
				SNAPSHOT.eventLoops(), SNAPSHOT.buffers());
		assertThat(SnapshotDocument.of(unlimited)).doesNotContainKey("admission").containsKey("buffers");
	}

	// The keys of what is counted by kind are values, not names.
	private static void collect(String prefix, Map<?, ?> document, List<String> names) {
		document.forEach((key, value) -> {
			String name = prefix + key;
			if (value instanceof List<?> list && list.get(0) instanceof Map) {
				collect(name + "[].", (Map<?, ?>) list.get(0), names);
			}
			else if (value instanceof Map<?, ?> map && prefix.isEmpty()) {
				collect(name + ".", map, names);
			}
			else {
				names.add(name);
			}
		});
	}

}
