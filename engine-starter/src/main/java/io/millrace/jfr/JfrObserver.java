package io.millrace.jfr;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ExchangeObserver;
import io.millrace.core.observe.LoopStall;
import io.millrace.core.observe.StackSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Tells the flight recorder what happens in the engine, by the events {@code io.millrace}
 * {@code .Request}, {@code .QueueWait}, {@code .Refusal}, {@code .EventLoopStall} and
 * {@code .Connection}. While no recording asks for one of them nothing is allocated and
 * nothing done but to ask.
 */
public final class JfrObserver implements EngineObserver {

	private static final int MAX_FRAMES = 64;

	/**
	 * Create an observer. By that the recorder gets to know the events, so that tools can
	 * list them.
	 */
	public JfrObserver() {
		RequestEvent.isWanted();
		QueueWaitEvent.isWanted();
		RefusalEvent.isWanted();
		ConnectionEvent.isWanted();
		EventLoopStallEvent.isWanted();
	}

	@Override
	public @Nullable ExchangeObserver observeExchange() {
		boolean request = RequestEvent.isWanted();
		boolean wait = QueueWaitEvent.isWanted();
		return (request || wait || RefusalEvent.isWanted()) ? new RecordedExchange(request, wait) : null;
	}

	@Override
	public @Nullable Consumer<ConnectionSnapshot> observeConnection() {
		if (!ConnectionEvent.isWanted()) {
			return null;
		}
		ConnectionEvent event = new ConnectionEvent();
		event.begin();
		return (last) -> closed(event, last);
	}

	private static void closed(ConnectionEvent event, ConnectionSnapshot last) {
		event.connection = last.id();
		event.remoteAddress = text(last.remoteAddress());
		event.protocol = last.protocol();
		event.requests = last.requests();
		event.bytesIn = last.bytesIn();
		event.bytesOut = last.bytesOut();
		event.commit();
	}

	@Override
	public void loopStalled(LoopStall stall) {
		if (EventLoopStallEvent.isWanted()) {
			EventLoopStallEvent event = new EventLoopStallEvent();
			event.eventLoop = stall.loop();
			event.busy = stall.busy().toNanos();
			event.over = stall.over();
			event.stack = (stall.stack() != null) ? text(stall.stack()) : null;
			event.commit();
		}
	}

	// Asks nobody for a name.
	private static String text(InetSocketAddress address) {
		InetAddress known = address.getAddress();
		return ((known != null) ? known.getHostAddress() : address.getHostString()) + ":" + address.getPort();
	}

	private static String text(StackSnapshot stack) {
		return Arrays.stream(stack.getStackTrace())
			.limit(MAX_FRAMES)
			.map(StackTraceElement::toString)
			.collect(Collectors.joining("\n"));
	}

}
