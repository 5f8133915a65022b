package io.millrace.servlet;

import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of the application what has happened.
 */
final class Notices {

	private static final Logger logger = LoggerFactory.getLogger(Notices.class);

	private Notices() {
	}

	/**
	 * Tell one. What it throws is logged and harms nobody else (as with Tomcat): what it
	 * is told of has happened.
	 * @param <L> the type of the listener
	 * @param listener the listener
	 * @param event tells it
	 */
	static <L> void tell(L listener, Consumer<L> event) {
		try {
			event.accept(listener);
		}
		catch (VirtualMachineError ex) {
			throw ex;
		}
		catch (Throwable ex) {
			logger.error("The listener {} failed", listener.getClass().getName(), ex);
		}
	}

}
