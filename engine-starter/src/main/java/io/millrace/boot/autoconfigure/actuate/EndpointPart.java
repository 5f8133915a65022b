package io.millrace.boot.autoconfigure.actuate;

import java.util.Map;

import io.millrace.core.Engine;

/**
 * A part of the endpoint {@code millrace}, as {@code /actuator/millrace/connections} is
 * one: a document for HTTP and JMX alike. Every bean of this type is one. What is no
 * document, and there for HTTP only, is a {@link WebEndpointPart}.
 */
public interface EndpointPart {

	/**
	 * What the part is asked for by.
	 * @return its name, the last segment of the path
	 */
	String name();

	/**
	 * Read it. Called by any thread, also by several at once; may block.
	 * @param engine the engine
	 * @param query what is asked for
	 * @return maps, lists, strings, numbers and booleans only
	 * @throws org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException
	 * where a parameter is wrong, which becomes status 400
	 */
	Map<String, Object> read(Engine engine, PartQuery query);

}
