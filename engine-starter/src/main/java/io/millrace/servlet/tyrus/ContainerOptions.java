package io.millrace.servlet.tyrus;

import java.util.Map;

import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.jspecify.annotations.Nullable;

/**
 * What the context parameters of an application say to its WebSocket container: Tyrus has
 * names for some, Tomcat for others.
 *
 * @param maxFrameSize how many bytes a frame of a client may carry; larger is closed with
 * 1009
 * @param textSize how many characters of a text message are collected where its endpoint
 * says nothing
 * @param binarySize the same of bytes
 * @param maxSessions how many sessions there may be, {@code null} for any number
 * @param maxSessionsPerAddress how many of one client address, {@code null} for any
 * number
 */
record ContainerOptions(int maxFrameSize, int textSize, int binarySize, @Nullable Integer maxSessions,
		@Nullable Integer maxSessionsPerAddress) {

	private static final String FRAME_SIZE = "org.glassfish.tyrus.servlet.incoming-buffer-size";

	private static final String TEXT_SIZE = "org.apache.tomcat.websocket.textBufferSize";

	private static final String BINARY_SIZE = "org.apache.tomcat.websocket.binaryBufferSize";

	// As Tyrus has it.
	private static final int DEFAULT_FRAME_SIZE = 4 * 1024 * 1024;

	// As Jetty has it; Tomcat has 8 KB, Tyrus no limit.
	private static final int DEFAULT_MESSAGE_SIZE = 64 * 1024;

	static ContainerOptions of(Map<String, String> parameters) {
		return new ContainerOptions(size(parameters, FRAME_SIZE, DEFAULT_FRAME_SIZE),
				size(parameters, TEXT_SIZE, DEFAULT_MESSAGE_SIZE), size(parameters, BINARY_SIZE, DEFAULT_MESSAGE_SIZE),
				number(parameters, TyrusWebSocketEngine.MAX_SESSIONS_PER_APP),
				number(parameters, TyrusWebSocketEngine.MAX_SESSIONS_PER_REMOTE_ADDR));
	}

	private static int size(Map<String, String> parameters, String name, int standard) {
		Integer value = number(parameters, name);
		return (value != null) ? value : standard;
	}

	private static @Nullable Integer number(Map<String, String> parameters, String name) {
		String value = parameters.get(name);
		if (value == null) {
			return null;
		}
		try {
			int number = Integer.parseInt(value.strip());
			if (number > 0) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// As below.
		}
		throw new IllegalArgumentException(
				"The context parameter '" + name + "' has to be a number greater than 0, and is '" + value + "'");
	}

}
