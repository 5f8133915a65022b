package io.millrace.boot.metrics;

import java.util.List;
import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of the engine. The tags have few values each, which do not depend on what
 * clients send. {@code docs/observe.md} has the same as a table.
 */
public enum MillraceMeters implements MeterDocumentation {

	/** Connections that are open. */
	CONNECTIONS_OPEN("millrace.connections.open", Meter.Type.GAUGE, null, "Connections that are open",
			MeterTag.LISTENER, MeterTag.PROTOCOL),

	/** Open connections that have no request under way. */
	CONNECTIONS_IDLE("millrace.connections.idle", Meter.Type.GAUGE, null,
			"Open connections that have no request under way", MeterTag.LISTENER, MeterTag.PROTOCOL),

	/** Connections that may be open at once. */
	CONNECTIONS_MAX("millrace.connections.max", Meter.Type.GAUGE, null,
			"Connections that may be open at once, 0 for any number"),

	/** Connections that were accepted. */
	CONNECTIONS_ACCEPTED("millrace.connections.accepted", Meter.Type.COUNTER, null, "Connections that were accepted",
			MeterTag.LISTENER),

	/** Connections that were accepted and closed at once. */
	CONNECTIONS_REFUSED("millrace.connections.refused", Meter.Type.COUNTER, null,
			"Connections that were accepted and closed at once", MeterTag.LISTENER, MeterTag.REASON),

	/** Attempts to accept a connection that have failed. */
	CONNECTIONS_ACCEPT_FAILURES("millrace.connections.accept.failures", Meter.Type.COUNTER, null,
			"Attempts to accept a connection that have failed", MeterTag.LISTENER, MeterTag.REASON),

	/** TLS handshakes that have ended. */
	TLS_HANDSHAKES("millrace.tls.handshakes", Meter.Type.COUNTER, null, "TLS handshakes that have ended",
			MeterTag.LISTENER, MeterTag.OUTCOME),

	/** Bytes that have come. */
	DATA_RECEIVED("millrace.data.received", Meter.Type.COUNTER, "bytes", "Bytes that have come", MeterTag.LISTENER),

	/** Bytes that were handed to the sockets. */
	DATA_SENT("millrace.data.sent", Meter.Type.COUNTER, "bytes", "Bytes that were handed to the sockets",
			MeterTag.LISTENER),

	/** Requests that are under way. */
	REQUESTS_IN_FLIGHT("millrace.requests.in.flight", Meter.Type.GAUGE, null, "Requests that are under way"),

	/** Requests that have come. */
	REQUESTS_STARTED("millrace.requests.started", Meter.Type.COUNTER, null, "Requests that have come"),

	/** Requests that were answered, by whomever. */
	REQUESTS_COMPLETED("millrace.requests.completed", Meter.Type.COUNTER, null,
			"Requests that were answered, by the application or the engine", MeterTag.STATUS),

	/** Requests that have ended without a whole answer. */
	REQUESTS_ABORTED("millrace.requests.aborted", Meter.Type.COUNTER, null,
			"Requests that have ended without a whole answer"),

	/** Requests that were refused. */
	REQUESTS_REFUSED("millrace.requests.refused", Meter.Type.COUNTER, null,
			"Requests that were refused although they are right", MeterTag.REASON),

	/** Requests whose client went away while they waited. */
	REQUESTS_ABANDONED("millrace.requests.abandoned", Meter.Type.COUNTER, null,
			"Requests that were not run because their client went away while they waited"),

	/** Requests that were let through because nobody knew whether there are too many. */
	REQUESTS_RATE_UNKNOWN("millrace.requests.rate.unknown", Meter.Type.COUNTER, null,
			"Requests of which the shared rate limit could not be asked whether they are too many"),

	/** How long requests wait before they are run. */
	QUEUE_WAIT("millrace.queue.wait", Meter.Type.TIMER, "seconds", "Time from the head of a request to its handler",
			MeterTag.MODE, MeterTag.PRIORITY),

	/** How long requests are run. */
	SERVICE_TIME("millrace.service.time", Meter.Type.TIMER, "seconds",
			"Time from the start of a handler to the last byte of its response", MeterTag.MODE, MeterTag.PRIORITY),

	/** Requests that wait for a worker. */
	QUEUE_DEPTH("millrace.queue.depth", Meter.Type.GAUGE, null, "Requests that wait for a worker", MeterTag.POOL,
			MeterTag.PRIORITY),

	/** Requests that may wait for a worker. */
	QUEUE_CAPACITY("millrace.queue.capacity", Meter.Type.GAUGE, null, "Requests that may wait for a worker now",
			MeterTag.POOL),

	/** Threads of the workers. */
	WORKERS_THREADS("millrace.workers.threads", Meter.Type.GAUGE, null, "Threads that there are, busy and idle",
			MeterTag.POOL, MeterTag.MODE),

	/** Workers that run a request. */
	WORKERS_BUSY("millrace.workers.busy", Meter.Type.GAUGE, null, "Workers that run a request", MeterTag.POOL,
			MeterTag.MODE),

	/** Requests that workers may run at once. */
	WORKERS_MAX("millrace.workers.max", Meter.Type.GAUGE, null, "Requests that workers may run at once", MeterTag.POOL,
			MeterTag.MODE),

	/** Requests of a route with a bulkhead that are run. */
	BULKHEAD_RUNNING("millrace.bulkhead.running", Meter.Type.GAUGE, null, "Requests of the route that are run",
			MeterTag.ROUTE),

	/** Requests of a route with a bulkhead that may be run. */
	BULKHEAD_MAX("millrace.bulkhead.max", Meter.Type.GAUGE, null, "Requests of the route that may be run at once",
			MeterTag.ROUTE),

	/** Requests of a route with a bulkhead that wait. */
	BULKHEAD_WAITING("millrace.bulkhead.waiting", Meter.Type.GAUGE, null, "Requests of the route that wait",
			MeterTag.ROUTE),

	/** Requests of a route with a bulkhead that may wait. */
	BULKHEAD_CAPACITY("millrace.bulkhead.capacity", Meter.Type.GAUGE, null, "Requests of the route that may wait",
			MeterTag.ROUTE),

	/** The limit of what is admitted. */
	ADMISSION_LIMIT("millrace.admission.limit", Meter.Type.GAUGE, null,
			"Requests that may be in flight now, where millrace.admission.limit is set"),

	/** What is admitted and under way. */
	ADMISSION_IN_FLIGHT("millrace.admission.in.flight", Meter.Type.GAUGE, null,
			"Requests that count against that limit"),

	/** How late an event loop is. */
	EVENT_LOOP_LAG("millrace.event.loop.lag", Meter.Type.GAUGE, "seconds", "How late the event loop is", MeterTag.LOOP),

	/** How busy an event loop was in the last second. */
	EVENT_LOOP_BUSY("millrace.event.loop.busy", Meter.Type.GAUGE, null,
			"Share of about the last second in which the event loop had something to do, 0 to 1", MeterTag.LOOP),

	/** For how long an event loop was busy. */
	EVENT_LOOP_BUSY_TIME("millrace.event.loop.busy.time", Meter.Type.COUNTER, "seconds",
			"Time in which the event loop had something to do", MeterTag.LOOP),

	/** The connections of an event loop. */
	EVENT_LOOP_CONNECTIONS("millrace.event.loop.connections", Meter.Type.GAUGE, null,
			"Connections that the event loop has", MeterTag.LOOP),

	/** What the allocator of the buffers has taken. */
	BUFFERS_USED("millrace.buffers.used", Meter.Type.GAUGE, "bytes",
			"Memory that the allocator of the buffers has taken", MeterTag.AREA),

	/** What is in use of that. */
	BUFFERS_PINNED("millrace.buffers.pinned", Meter.Type.GAUGE, "bytes",
			"Memory of that which is in use, NaN where the allocator does not know", MeterTag.AREA),

	/** Deadlines that have passed. */
	TIMEOUTS("millrace.timeouts", Meter.Type.COUNTER, null, "Deadlines that have passed", MeterTag.KIND),

	/** Clients that went away in the middle. */
	CLIENT_ABORTS("millrace.client.aborts", Meter.Type.COUNTER, null,
			"Clients that went away in the middle of a request or its response"),

	/** Requests that were not right. */
	PROTOCOL_ERRORS("millrace.protocol.errors", Meter.Type.COUNTER, null,
			"Requests that were refused because they are not right", MeterTag.KIND),

	/** What was stuck. */
	STUCK("millrace.stuck", Meter.Type.COUNTER, null,
			"Times that something was stuck for longer than millrace.watch allows", MeterTag.KIND),

	/** Lines that the access log has dropped. */
	ACCESS_LOG_DROPPED("millrace.access.log.dropped", Meter.Type.COUNTER, null,
			"Lines of the access log that were dropped, where there is one");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final List<MeterTag> tags;

	MillraceMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, MeterTag... tags) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.tags = List.of(tags);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.tags.toArray(KeyName[]::new);
	}

	/**
	 * What it means.
	 * @return one phrase
	 */
	public String getDescription() {
		return this.description;
	}

	/** What tells the meters of one name apart. */
	public enum MeterTag implements KeyName {

		/**
		 * The listening socket: {@code main}, the one of {@code server.port}.
		 */
		LISTENER,

		/**
		 * The protocol of the connection: {@code http1}, {@code http2}.
		 */
		PROTOCOL,

		/**
		 * Why a request or connection was refused, or not accepted.
		 */
		REASON,

		/**
		 * Whether client and server agreed: completed, failed.
		 */
		OUTCOME,

		/**
		 * The class of the status: 1xx to 5xx.
		 */
		STATUS,

		/**
		 * What runs the handler: pool, virtual, loop, inline, own; none for a request
		 * that no handler has seen.
		 */
		MODE,

		/**
		 * How urgent it is: high, normal, low.
		 */
		PRIORITY,

		/**
		 * The pool: standard, reserve (of what is urgent), or the mode of the routes that
		 * have one of their own.
		 */
		POOL,

		/**
		 * The route, by its methods and pattern; where several share what is measured,
		 * what they are called.
		 */
		ROUTE,

		/**
		 * The name of the thread of the event loop.
		 */
		LOOP,

		/**
		 * heap or direct.
		 */
		AREA,

		/**
		 * Which deadline, what was wrong, or what was stuck.
		 */
		KIND;

		private final String key = name().toLowerCase(Locale.ROOT);

		@Override
		public String asString() {
			return this.key;
		}

		/**
		 * This tag alone.
		 * @param value its value
		 * @return the tag with the value
		 */
		Tags with(String value) {
			return Tags.of(this.key, value);
		}

	}

}
