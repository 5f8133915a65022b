package io.millrace.accesslog;

import java.io.IOException;
import java.io.PrintStream;

import org.jspecify.annotations.Nullable;

/**
 * The standard output, whatever it is at the moment. Lines of others do not get in
 * between the bytes of a line. A stream tells only that it has failed once, not when:
 * only that first failure counts.
 */
public final class StdoutSink implements LineSink {

	private @Nullable PrintStream failed;

	@Override
	public void write(byte[] lines, int length) throws IOException {
		PrintStream out = System.out;
		out.write(lines, 0, length);
		if (out.checkError() && out != this.failed) {
			this.failed = out;
			throw new IOException("The standard output has failed");
		}
	}

}
