package io.millrace.core.http1;

/**
 * How a connection ends.
 *
 * <pre>
 *   OPEN ── finish ──▶ FINISHING: what was written is sent, nothing more is answered
 *                          │
 *         our side closed ─┴─ nothing can come that would reset it
 *            ▼                              │
 *        LINGERING ── peer closed, or 2 s ──┴──▶ CLOSED
 * </pre>
 *
 * From every state a lost connection, a deadline or a stop leads to CLOSED. Owned by the
 * event loop.
 */
final class Closing {

	private final Sender sender;

	private final Deadlines deadlines;

	private final Http1Services services;

	private State state = State.OPEN;

	private boolean inputClosed;

	private boolean settled;

	private boolean aborted;

	Closing(Sender sender, Deadlines deadlines, Http1Services services) {
		this.sender = sender;
		this.deadlines = deadlines;
		this.services = services;
	}

	/**
	 * Whether our side was closed in good order.
	 * @return whether only the client's end is waited for
	 */
	boolean isLingering() {
		return this.state == State.LINGERING;
	}

	/**
	 * Send what was written, and close. A close with unread bytes would be a reset, which
	 * may overtake the response on its way to the client (RFC 9112 §9.6): where the
	 * client may still be sending, only our side is closed, and what comes is read away
	 * for a while. To be followed by a flush.
	 * @param linger whether the client may still be sending
	 */
	void finish(boolean linger) {
		if (this.state != State.OPEN) {
			return;
		}
		this.state = State.FINISHING;
		this.deadlines.finishing();
		this.sender.whenSent((sent) -> finished(linger && sent.isSuccess()));
	}

	private void finished(boolean linger) {
		settle();
		if (linger && !this.inputClosed && this.state == State.FINISHING && this.sender.closeOutput()) {
			this.state = State.LINGERING;
			this.deadlines.lingering();
		}
		else {
			close();
		}
	}

	/** The client has closed its side. */
	void inputClosed() {
		this.inputClosed = true;
		if (this.state == State.LINGERING) {
			close();
		}
	}

	/** The client has gone too early; counted once. */
	void clientAborted() {
		if (!this.aborted) {
			this.aborted = true;
			this.services.observer().clientAborted();
		}
	}

	/**
	 * Close the socket, whatever is under way.
	 * @return whether it was open
	 */
	boolean close() {
		if (this.state == State.CLOSED) {
			return false;
		}
		this.state = State.CLOSED;
		this.deadlines.stop();
		this.sender.close();
		return true;
	}

	/** Nothing more is answered, and everything is sent or lost. */
	void settle() {
		if (!this.settled) {
			this.settled = true;
			this.services.connections().settled();
		}
	}

	private enum State {

		OPEN, FINISHING, LINGERING, CLOSED

	}

}
