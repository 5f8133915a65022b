package io.millrace.boot.autoconfigure.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.millrace.core.Engine;
import io.millrace.core.observe.ConnectionSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * The busiest or oldest connections.
 */
class ConnectionsPart implements EndpointPart {

	static final int DEFAULT_LIMIT = 50;

	// A look at one connection is cheap, a document of all of them is not.
	static final int MAX_LIMIT = 1000;

	private static final int MAX_PATH = 256;

	@Override
	public String name() {
		return "connections";
	}

	@Override
	public Map<String, Object> read(Engine engine, PartQuery query) {
		boolean oldest = isOldest(query.sort());
		int limit = limit(query.limit());
		Instant now = Instant.now();
		List<Map<String, Object>> connections = engine.connections(limit, oldest)
			.stream()
			.map((connection) -> describe(connection, now, query.showAddresses()))
			.toList();
		return new Fields().add("schema", SnapshotDocument.SCHEMA)
			.add("takenAt", now.toString())
			.add("sort", oldest ? "oldest" : "busiest")
			.add("limit", limit)
			.add("connections", connections)
			.toMap();
	}

	private static boolean isOldest(@Nullable String sort) {
		if (sort == null || sort.equals("busiest")) {
			return false;
		}
		if (sort.equals("oldest")) {
			return true;
		}
		throw new InvalidEndpointRequestException("Unknown sort '" + sort + "'", "sort has to be busiest or oldest");
	}

	private static int limit(@Nullable Integer limit) {
		if (limit == null) {
			return DEFAULT_LIMIT;
		}
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new InvalidEndpointRequestException("Limit " + limit + " is out of range",
					"limit has to be 1 to " + MAX_LIMIT);
		}
		return limit;
	}

	private static Map<String, Object> describe(ConnectionSnapshot connection, Instant now, boolean showAddress) {
		return new Fields().add("id", connection.id())
			.add("address",
					showAddress ? AddressMask.plain(connection.remoteAddress())
							: AddressMask.masked(connection.remoteAddress()))
			.add("port", showAddress ? connection.remoteAddress().getPort() : null)
			.add("protocol", connection.protocol())
			.add("state", connection.state())
			.addMillis("inStateMs", connection.inState())
			.add("openedAt", connection.openedAt().toString())
			.addMillis("ageMs", age(connection, now))
			.add("requests", connection.requests())
			.add("bytesIn", connection.bytesIn())
			.add("bytesOut", connection.bytesOut())
			.add("method", connection.method())
			.add("path", shorten(connection.path()))
			.toMap();
	}

	private static Duration age(ConnectionSnapshot connection, Instant now) {
		Duration age = Duration.between(connection.openedAt(), now);
		return age.isNegative() ? Duration.ZERO : age;
	}

	private static @Nullable String shorten(@Nullable String path) {
		return (path == null || path.length() <= MAX_PATH) ? path : path.substring(0, MAX_PATH) + "…";
	}

}
