package io.millrace.core.connection;

import io.netty.util.AsciiString;

/**
 * Takes the fields of a message that is about to be sent.
 */
public interface FieldSink {

	/**
	 * Take a field.
	 * @param name its name, in lower case
	 * @param value its value
	 */
	void add(AsciiString name, AsciiString value);

}
