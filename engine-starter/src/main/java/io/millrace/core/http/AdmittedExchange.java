package io.millrace.core.http;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.millrace.core.worker.Admission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permit of an exchange. It is returned once: when the response is whole, or when it
 * has ended otherwise and the handler does not run. A handler that goes on after its
 * client has gone is still in flight. Any thread may call.
 */
final class AdmittedExchange {

	private static final Logger logger = LoggerFactory.getLogger(AdmittedExchange.class);

	private static final AtomicIntegerFieldUpdater<AdmittedExchange> OPEN = AtomicIntegerFieldUpdater
		.newUpdater(AdmittedExchange.class, "open");

	private static final int RESPONSE = 1;

	private static final int HANDLER = 2;

	private final Admission.Permit permit;

	// What the permit waits for. Once that is nothing, it stays so.
	private volatile int open = RESPONSE;

	private volatile Result result = Result.SUCCEEDED;

	AdmittedExchange(Admission.Permit permit) {
		this.permit = permit;
	}

	/** The handler is about to run. */
	void handlerStarts() {
		int now;
		do {
			now = this.open;
		}
		while (now != 0 && !OPEN.compareAndSet(this, now, now | HANDLER));
	}

	/** The handler has returned. */
	void handlerReturned() {
		end(HANDLER);
	}

	/** Too much is asked: whatever becomes of the response, that is what is told. */
	void dropped() {
		this.result = Result.DROPPED;
	}

	/**
	 * The application has answered, whether or not its handler has returned.
	 * @param telling whether the time of that says how the application does
	 */
	void answered(boolean telling) {
		if (!telling) {
			ignore();
		}
		end(RESPONSE | HANDLER);
	}

	/** There is no response to wait for any more. */
	void unanswered() {
		ignore();
		end(RESPONSE);
	}

	private void ignore() {
		if (this.result == Result.SUCCEEDED) {
			this.result = Result.IGNORED;
		}
	}

	private void end(int parts) {
		int now;
		do {
			now = this.open;
			if ((now & parts) == 0) {
				return;
			}
		}
		while (!OPEN.compareAndSet(this, now, now & ~parts));
		if ((now & ~parts) == 0) {
			giveBack();
		}
	}

	private void giveBack() {
		try {
			switch (this.result) {
				case SUCCEEDED -> this.permit.succeeded();
				case IGNORED -> this.permit.ignored();
				case DROPPED -> this.permit.dropped();
			}
		}
		catch (Throwable ex) {
			// It may be the application's own, and the exchange has to end all the same.
			logger.error("A permit could not be returned", ex);
		}
	}

	private enum Result {

		SUCCEEDED, IGNORED, DROPPED

	}

}
