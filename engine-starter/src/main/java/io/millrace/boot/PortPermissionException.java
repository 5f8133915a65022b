package io.millrace.boot;

import org.springframework.boot.web.server.WebServerException;

/**
 * The operating system does not let this process listen on a port.
 */
public class PortPermissionException extends WebServerException {

	private static final long serialVersionUID = 1L;

	private final int port;

	/**
	 * Create an exception.
	 * @param port the port
	 * @param cause what the system said
	 */
	public PortPermissionException(int port, Throwable cause) {
		super("No permission to listen on port " + port, cause);
		this.port = port;
	}

	/**
	 * The port.
	 * @return the port
	 */
	public int getPort() {
		return this.port;
	}

}
