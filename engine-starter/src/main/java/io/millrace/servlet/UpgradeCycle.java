package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import jakarta.servlet.http.HttpUpgradeHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection after its protocol was switched (Servlet 6.1 §2.3.3.5). The handler and
 * the listeners of its streams are called one at a time, by threads of the container that
 * are there only for as long as there is something to tell:
 *
 * <pre>
 *   init ──▶ read and write listeners ──▶ destroy, once, when the connection has ended
 * </pre>
 */
final class UpgradeCycle implements StreamEvents {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeCycle.class);

	private final ServletRuntime runtime;

	private final Exchange exchange;

	private final HttpUpgradeHandler handler;

	private final UpgradedOutputStream output;

	private @Nullable ExchangeInputStream input;

	// All guarded by this.
	private final Deque<Event> events = new ArrayDeque<>(3);

	private boolean running = true;

	private boolean over;

	private boolean inputClosed;

	private boolean outputClosed;

	UpgradeCycle(ServletRuntime runtime, Exchange exchange, HttpUpgradeHandler handler) {
		this.runtime = runtime;
		this.exchange = exchange;
		this.handler = handler;
		this.output = new UpgradedOutputStream(exchange, this);
	}

	/**
	 * The protocol is going to be switched. Called by the thread of the container that
	 * has answered the request.
	 * @param following what the client sends from then on
	 */
	void prepare(RequestBody following) {
		if (this.handler instanceof ExchangeUpgradeHandler direct) {
			direct.prepare(this.exchange, following,
					(task) -> this.exchange.resume(() -> this.runtime.inContext(task)));
		}
	}

	/**
	 * The protocol was switched. Called by the thread of the container that has answered
	 * the request.
	 * @param following what the client sends from now on
	 */
	void begin(RequestBody following) {
		if (this.exchange.outcome() != null) {
			// The client was faster: there is nothing to hand over.
			return;
		}
		if (this.handler instanceof ExchangeUpgradeHandler direct) {
			try {
				direct.switched();
			}
			catch (Throwable ex) {
				failed(ex);
			}
			return;
		}
		ExchangeInputStream opened = new ExchangeInputStream(this.exchange, following, this);
		this.input = opened;
		this.exchange.onEnd((outcome) -> post(Event.END));
		try {
			this.handler.init(new UpgradedConnection(opened, this.output));
		}
		catch (Throwable ex) {
			failed(ex);
		}
		run(opened);
	}

	private void post(Event event) {
		ExchangeInputStream opened = this.input;
		synchronized (this) {
			if (this.over || this.events.contains(event)) {
				return;
			}
			this.events.add(event);
			if (this.running || opened == null) {
				return;
			}
			this.running = true;
		}
		this.exchange.resume(() -> this.runtime.inContext(() -> run(opened)));
	}

	private void run(ExchangeInputStream opened) {
		Event event;
		while ((event = next()) != null) {
			try {
				perform(event, opened);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}
	}

	private synchronized @Nullable Event next() {
		Event event = this.over ? null : this.events.poll();
		this.running = (event != null);
		this.over |= event == Event.END;
		return event;
	}

	private void perform(Event event, ExchangeInputStream opened) throws IOException {
		switch (event) {
			case READ -> {
				opened.callListener();
				if (opened.isFinished()) {
					inputClosed();
				}
			}
			case WRITE -> this.output.callListener();
			case END -> destroy(opened);
		}
	}

	private void destroy(ExchangeInputStream opened) {
		try {
			if (this.exchange.outcome() == Exchange.Outcome.ABORTED) {
				tellError(opened);
			}
		}
		finally {
			opened.end();
			this.handler.destroy();
		}
	}

	private void tellError(ExchangeInputStream opened) {
		ClientAbortException gone = new ClientAbortException(null);
		try {
			opened.tellError(gone);
		}
		finally {
			this.output.tellError(gone);
		}
	}

	// There is no other way to tell the client.
	private void failed(Throwable thrown) {
		if (!ClientAbortException.isIn(thrown)) {
			logger.error("The upgrade handler {} failed", this.handler.getClass().getName(), thrown);
		}
		this.exchange.fail(thrown);
	}

	@Override
	public void requireListenable(String what) {
		// Always, as long as the connection is there.
	}

	@Override
	public boolean isNonBlocking() {
		return true;
	}

	@Override
	public void readable() {
		post(Event.READ);
	}

	@Override
	public void writable() {
		post(Event.WRITE);
	}

	@Override
	public void inputClosed() {
		boolean both;
		synchronized (this) {
			this.inputClosed = true;
			both = this.outputClosed;
		}
		endIf(both);
	}

	void outputClosed() {
		boolean both;
		synchronized (this) {
			this.outputClosed = true;
			both = this.inputClosed;
		}
		endIf(both);
	}

	// As Tomcat does: one side may still be used when the other one was closed.
	private void endIf(boolean bothClosed) {
		if (bothClosed) {
			this.output.end();
		}
	}

	private enum Event {

		READ, WRITE, END

	}

}
