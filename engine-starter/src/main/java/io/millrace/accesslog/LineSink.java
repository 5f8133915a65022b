package io.millrace.accesslog;

import java.io.IOException;

/**
 * Where lines go. Belongs to the thread that writes them, which may wait in it.
 */
public interface LineSink {

	/**
	 * Write lines.
	 * @param lines whole lines, each with a line feed at its end and nowhere else; to be
	 * read within the call only
	 * @param length how many bytes of them
	 * @throws IOException where some of them may not have been written: they count as
	 * dropped
	 */
	void write(byte[] lines, int length) throws IOException;

	/**
	 * Look after what has to be done now and then. Called about once a second, whether
	 * there are lines or not.
	 * @throws IOException where it cannot be done
	 */
	default void tick() throws IOException {
	}

	/**
	 * End, after the last line.
	 * @throws IOException where something may be lost
	 */
	default void close() throws IOException {
	}

}
