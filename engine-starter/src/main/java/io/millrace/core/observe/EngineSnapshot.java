package io.millrace.core.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One reading of an engine. All counts are since the engine was made; what is counted by
 * kind has all kinds from the start, at zero.
 *
 * @param takenAt when it was taken
 * @param uptime for how long the engine has been started
 * @param state new, running, draining or stopped
 * @param transport the transport in use, such as epoll
 * @param port the port of the first listener, -1 where that does not listen
 * @param listeners where connections come from, the first of them first
 * @param connections the connections of all listeners together
 * @param requests the requests
 * @param refusals what was turned away, and what went wrong
 * @param workers the pools that run what may block
 * @param bulkheads the routes that have one
 * @param admission what bounds the requests in flight, {@code null} where nothing does
 * @param eventLoops the event loops
 * @param buffers the memory of the engine's buffers
 */
public record EngineSnapshot(Instant takenAt, Duration uptime, String state, String transport, int port,
		List<Listener> listeners, Connections connections, Requests requests, Refusals refusals, List<Workers> workers,
		List<Bulkhead> bulkheads, @Nullable Admission admission, List<EventLoop> eventLoops, Buffers buffers) {

	/**
	 * A listener.
	 *
	 * @param name what it is called; the first, that of {@code server.port}, is main
	 * @param address where it listens: address and port, the path of a Unix domain socket
	 * @param port the port that is bound, -1 for what has none or is not bound
	 * @param tls whether it speaks TLS
	 * @param protocols which versions of HTTP it speaks, as tags of meters have them:
	 * http1, http2
	 * @param connections its connections; the limit is that of all listeners together
	 */
	public record Listener(String name, String address, int port, boolean tls, List<String> protocols,
			Connections connections) {

	}

	/**
	 * The connections.
	 *
	 * @param open how many are open
	 * @param idle how many of them have no request under way
	 * @param limit how many may be open, 0 for any number
	 * @param accepted how many were accepted
	 * @param closed how many were closed
	 * @param refused how many were closed at once, by reason
	 * @param acceptFailures how many attempts to accept one have failed, by reason
	 * @param bytesIn how many bytes have come
	 * @param bytesOut how many bytes were handed to the sockets
	 * @param handshakes how many TLS handshakes were completed
	 * @param handshakesFailed how many have failed
	 * @param byProtocol those that are open, by protocol: http1, and http2 where it is
	 * spoken
	 */
	public record Connections(int open, int idle, int limit, long accepted, long closed, Map<String, Long> refused,
			Map<String, Long> acceptFailures, long bytesIn, long bytesOut, long handshakes, long handshakesFailed,
			Map<String, Protocol> byProtocol) {

	}

	/**
	 * The connections of a protocol.
	 *
	 * @param open how many are open
	 * @param idle how many of them have no request under way
	 */
	public record Protocol(int open, int idle) {

	}

	/**
	 * The requests.
	 *
	 * @param inFlight how many are under way
	 * @param started how many have come
	 * @param completed how many were answered
	 * @param aborted how many have ended otherwise
	 * @param byStatus how many were answered, by the class of the status: 1xx to 5xx
	 */
	public record Requests(long inFlight, long started, long completed, long aborted, Map<String, Long> byStatus) {

	}

	/**
	 * What was turned away, and what went wrong.
	 *
	 * @param refused requests that were refused, by reason
	 * @param abandoned requests whose client went away while they waited
	 * @param rateUnknown requests of which could not be found out whether they are too
	 * many
	 * @param clientAborts clients that went away in the middle
	 * @param timeouts deadlines that passed, by kind
	 * @param protocolErrors requests that were not right, by kind
	 * @param stuck what was stuck, by kind
	 */
	public record Refusals(Map<String, Long> refused, long abandoned, long rateUnknown, long clientAborts,
			Map<String, Long> timeouts, Map<String, Long> protocolErrors, Map<String, Long> stuck) {

	}

	/**
	 * A pool of workers.
	 *
	 * @param name standard, reserve (of the urgent), or the mode of the routes that it is
	 * for
	 * @param mode pool, virtual, loop, inline or own
	 * @param limit how many tasks may run at once
	 * @param threads how many threads there are
	 * @param busy how many tasks run
	 * @param waiting how many tasks wait, by priority
	 * @param capacity how many may wait now
	 * @param refused how many were refused
	 */
	public record Workers(String name, String mode, int limit, int threads, int busy, Map<String, Integer> waiting,
			int capacity, long refused) {

	}

	/**
	 * The bulkhead of a route.
	 *
	 * @param route the pattern of the route with its methods, such as
	 * {@code GET /reports/**}; where several routes share it, what they are called
	 * @param limit how many of its requests may run at once
	 * @param running how many do
	 * @param waiting how many wait
	 * @param capacity how many may wait
	 */
	public record Bulkhead(String route, int limit, int running, int waiting, int capacity) {

	}

	/**
	 * What bounds the requests in flight.
	 *
	 * @param limit how many may be in flight now
	 * @param inFlight how many are
	 */
	public record Admission(int limit, int inFlight) {

	}

	/**
	 * An event loop.
	 *
	 * @param name the name of its thread
	 * @param connections how many connections it has
	 * @param lag how late it came to what was last due, and at least for how long it has
	 * been late by now
	 * @param busyNanos for how long it was not waiting for something to do, since the
	 * engine was made; the difference of two readings by the time between them is its
	 * busy ratio
	 * @param busy the busy ratio of about the last second, 0 to 1
	 */
	public record EventLoop(String name, int connections, Duration lag, long busyNanos, double busy) {

	}

	/**
	 * The memory of the engine's buffers.
	 *
	 * @param usedHeap bytes of the heap that the allocator has taken
	 * @param usedDirect bytes outside of it that the allocator has taken
	 * @param pinnedHeap bytes of those that are in use, -1 where nobody knows
	 * @param pinnedDirect bytes of those outside that are in use, -1 where nobody knows
	 */
	public record Buffers(long usedHeap, long usedDirect, long pinnedHeap, long pinnedDirect) {

	}

}
