package io.millrace.accesslog;

import java.io.IOException;
import java.io.PrintStream;

/**
 * The standard output, whatever it is at the moment. Lines of others do not get in
 * between the bytes of a line.
 */
public final class StdoutSink implements LineSink {

	@Override
	public void write(byte[] lines, int length) throws IOException {
		PrintStream out = System.out;
		out.write(lines, 0, length);
		if (out.checkError()) {
			throw new IOException("The standard output takes nothing any more");
		}
	}

}
