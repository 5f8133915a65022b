package io.millrace.core.transport;

/**
 * A transport that was asked for by name does not work here.
 */
public final class TransportUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Transport transport;

	TransportUnavailableException(Transport transport, Throwable cause) {
		super("The transport " + transport.id() + " is not available: " + reason(cause), cause);
		this.transport = transport;
	}

	// The innermost cause knows best: what is around it says only that loading failed.
	private static String reason(Throwable cause) {
		Throwable innermost = cause;
		while (innermost.getCause() != null) {
			innermost = innermost.getCause();
		}
		String message = innermost.getMessage();
		return (message != null) ? message : innermost.toString();
	}

	/**
	 * The transport that was asked for.
	 * @return the transport
	 */
	public Transport transport() {
		return this.transport;
	}

}
