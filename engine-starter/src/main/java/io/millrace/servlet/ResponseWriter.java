package io.millrace.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.CharBuffer;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The writer of a response: encodes straight into the buffer of the output stream, with
 * no buffer and no lock of its own. As a {@link PrintWriter} it tells errors by
 * {@link #checkError()} only.
 */
final class ResponseWriter extends PrintWriter {

	// §5.2 leaves it open: that of any PrintWriter, as Tomcat does.
	private static final String LINE_END = System.lineSeparator();

	private final ExchangeOutputStream output;

	private final TextEncoder encoder;

	private boolean failed;

	ResponseWriter(ExchangeOutputStream output, TextEncoder encoder) {
		super(Writer.nullWriter());
		this.output = output;
		this.encoder = encoder;
	}

	private void encode(CharSequence text, int start, int end) {
		if (this.failed) {
			return;
		}
		try {
			this.output.write(this.encoder, text, start, end);
		}
		catch (IOException ex) {
			this.failed = true;
		}
	}

	@Override
	public void flush() {
		if (this.failed) {
			return;
		}
		try {
			this.output.flush();
		}
		catch (IOException ex) {
			this.failed = true;
		}
	}

	@Override
	public void close() {
		try {
			finish();
			this.output.close();
		}
		catch (IOException ex) {
			this.failed = true;
		}
	}

	/** The text has ended: encode what was waiting for its other half. */
	void finish() {
		this.output.finish(this.encoder);
	}

	@Override
	public boolean checkError() {
		flush();
		return this.failed;
	}

	@Override
	protected void setError() {
		this.failed = true;
	}

	@Override
	protected void clearError() {
		this.failed = false;
	}

	@Override
	public void write(int c) {
		encode(String.valueOf((char) c), 0, 1);
	}

	@Override
	public void write(char[] text, int offset, int length) {
		encode(CharBuffer.wrap(text, offset, length), 0, length);
	}

	@Override
	public void write(char[] text) {
		write(text, 0, text.length);
	}

	@Override
	public void write(String text, int offset, int length) {
		encode(text, offset, offset + length);
	}

	@Override
	public void write(String text) {
		encode(text, 0, text.length());
	}

	@Override
	public void print(boolean value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(char value) {
		write(value);
	}

	@Override
	public void print(int value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(long value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(float value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(double value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(char[] value) {
		write(value);
	}

	@Override
	public void print(@Nullable String value) {
		write(String.valueOf(value));
	}

	@Override
	public void print(@Nullable Object value) {
		write(String.valueOf(value));
	}

	@Override
	public void println() {
		write(LINE_END);
	}

	@Override
	public void println(boolean value) {
		print(value);
		println();
	}

	@Override
	public void println(char value) {
		print(value);
		println();
	}

	@Override
	public void println(int value) {
		print(value);
		println();
	}

	@Override
	public void println(long value) {
		print(value);
		println();
	}

	@Override
	public void println(float value) {
		print(value);
		println();
	}

	@Override
	public void println(double value) {
		print(value);
		println();
	}

	@Override
	public void println(char[] value) {
		print(value);
		println();
	}

	@Override
	public void println(@Nullable String value) {
		print(value);
		println();
	}

	@Override
	public void println(@Nullable Object value) {
		print(value);
		println();
	}

	@Override
	public PrintWriter append(@Nullable CharSequence text) {
		write(String.valueOf(text));
		return this;
	}

	@Override
	public PrintWriter append(@Nullable CharSequence text, int start, int end) {
		write(((text != null) ? text : "null").subSequence(start, end).toString());
		return this;
	}

	@Override
	public PrintWriter append(char c) {
		write(c);
		return this;
	}

	@Override
	public PrintWriter format(@Nullable Locale locale, String format, @Nullable Object... arguments) {
		write(String.format(locale, format, arguments));
		return this;
	}

	@Override
	public PrintWriter format(String format, @Nullable Object... arguments) {
		return format(Locale.getDefault(Locale.Category.FORMAT), format, arguments);
	}

}
