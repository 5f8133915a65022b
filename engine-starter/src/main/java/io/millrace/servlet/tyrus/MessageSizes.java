package io.millrace.servlet.tyrus;

import java.lang.reflect.Method;

import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;

/**
 * How large a message may be that a session collects: Tyrus asks for the sizes of the
 * session only where a message comes in several frames, and when it has all of it.
 */
final class MessageSizes {

	private MessageSizes() {
	}

	/**
	 * How much a frame may carry.
	 * @param session the session
	 * @param text whether it is of a text message, or else of a binary one
	 * @return a number of bytes; any where an endpoint takes messages in parts
	 */
	static long limit(Session session, boolean text) {
		for (MessageHandler handler : session.getMessageHandlers()) {
			if (handler instanceof MessageHandler.Partial<?>) {
				return Long.MAX_VALUE;
			}
		}
		return text ? session.getMaxTextMessageBufferSize() : session.getMaxBinaryMessageBufferSize();
	}

	/**
	 * The largest message that an annotated endpoint says it takes.
	 * @param type the class of the endpoint
	 * @return a number of bytes, negative where it says nothing
	 */
	static long largest(Class<?> type) {
		long largest = -1;
		for (Method method : type.getMethods()) {
			OnMessage annotation = method.getAnnotation(OnMessage.class);
			largest = (annotation != null) ? Math.max(largest, annotation.maxMessageSize()) : largest;
		}
		return largest;
	}

	/**
	 * Have a session collect messages that its endpoint says it takes, as Tomcat does.
	 * @param session the session, which was just opened
	 * @param largest a number of bytes, negative for as many as without
	 */
	static void raise(Session session, long largest) {
		int size = (int) Math.min(largest, Integer.MAX_VALUE);
		if (size > session.getMaxTextMessageBufferSize()) {
			session.setMaxTextMessageBufferSize(size);
		}
		if (size > session.getMaxBinaryMessageBufferSize()) {
			session.setMaxBinaryMessageBufferSize(size);
		}
	}

}
