package io.millrace.core.transport;

/**
 * A transport that was asked for by name does not work here.
 */
public final class TransportUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Transport transport;

	TransportUnavailableException(Transport transport, Throwable cause) {
		super("The transport " + transport.id() + " is not available: " + cause.getMessage(), cause);
		this.transport = transport;
	}

	/**
	 * The transport that was asked for.
	 * @return the transport
	 */
	public Transport transport() {
		return this.transport;
	}

}
