package io.millrace.servlet;

/**
 * Whose streams they are, those of a request or of an upgraded connection: it calls their
 * listeners, one at a time, on a thread of the container.
 */
interface StreamEvents {

	/**
	 * Refuse a listener where none may be set.
	 * @param what the listener
	 * @throws IllegalStateException where the request is neither asynchronous nor
	 * upgraded
	 */
	void requireListenable(String what);

	/**
	 * Whether listeners are called now. The target of an asynchronous dispatch reads and
	 * writes as if there were none, until it starts another round.
	 * @return whether a stream with a listener is in non-blocking mode
	 */
	boolean isNonBlocking();

	/** Call the read listener. Any thread may ask for it. */
	void readable();

	/** Call the write listener. Any thread may ask for it. */
	void writable();

	/** The application has closed the input. */
	void inputClosed();

}
