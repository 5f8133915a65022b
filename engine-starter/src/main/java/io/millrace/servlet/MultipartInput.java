package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.millrace.core.http.ProtocolException;

/**
 * The octets of a multipart body, cut at its delimiters (RFC 2046 §5.1.1). It holds one
 * buffer, however large the parts are. Not for several threads.
 */
final class MultipartInput {

	// RFC 2046 §5.1.1 allows 70; some clients are known to make longer ones.
	private static final int MAX_BOUNDARY = 256;

	private static final int BUFFER = 8192;

	private static final int LINE_END = 2;

	private final InputStream body;

	private final byte[] delimiter;

	private final long maxSize;

	private final byte[] buffer;

	private int position = 0;

	private int end;

	private long received = 0;

	/**
	 * Read a body.
	 * @param body the body; it is not closed
	 * @param boundary what the Content-Type says separates the parts
	 * @param maxSize how many octets the body may have, negative for no limit
	 * @throws ProtocolException 400 where the boundary cannot be one
	 */
	MultipartInput(InputStream body, String boundary, long maxSize) throws ProtocolException {
		if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
			throw ProtocolException.badRequest("The multipart request has no usable boundary");
		}
		this.body = body;
		this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
		this.maxSize = maxSize;
		this.buffer = new byte[BUFFER + this.delimiter.length];
		// The first delimiter has no line end in front of it. With this one it is as all
		// the others are, and what precedes it as the content of a part.
		this.buffer[0] = '\r';
		this.buffer[1] = '\n';
		this.end = 2;
	}

	/**
	 * Whether there is nothing at all; to be asked before anything else.
	 * @return {@code true} where the body is empty
	 * @throws IOException where it cannot be read
	 */
	boolean isEmpty() throws IOException {
		return !fill();
	}

	/**
	 * Hand over everything up to the next delimiter and step behind that.
	 * @param sink where the content goes
	 * @throws IOException where the body cannot be read, or ends before a delimiter
	 * @throws RequestRefusedException 413 where the body is too large
	 */
	void readContent(Sink sink) throws IOException {
		if (!copyContent(sink)) {
			throw truncated();
		}
	}

	/**
	 * Step behind the first delimiter.
	 * @return {@code false} where there is none in the whole body: then it has no parts
	 * @throws IOException where the body cannot be read
	 * @throws RequestRefusedException 413 where the body is too large
	 */
	boolean skipPreamble() throws IOException {
		return copyContent(Sink.NONE);
	}

	private boolean copyContent(Sink sink) throws IOException {
		while (true) {
			int start = findDelimiter();
			if (start > this.position) {
				sink.write(this.buffer, this.position, start - this.position);
				this.position = start;
			}
			if (this.end - start >= this.delimiter.length) {
				this.position += this.delimiter.length;
				return true;
			}
			if (!fill()) {
				if (this.end > LINE_END) {
					// It ends within what may have been a delimiter.
					throw truncated();
				}
				return false;
			}
		}
	}

	/**
	 * Read what follows a delimiter.
	 * @return {@code true} where another part comes, {@code false} where it was the last
	 * @throws IOException where neither is the case
	 */
	boolean nextPart() throws IOException {
		int c = read();
		if (c == '-') {
			if (read() != '-') {
				throw malformed();
			}
			return false;
		}
		// Transport padding.
		while (c == ' ' || c == '\t') {
			c = read();
		}
		if (c != '\r' || read() != '\n') {
			throw malformed();
		}
		return true;
	}

	/**
	 * Read one line.
	 * @param maxSize how many octets it may have, the line end included; negative for no
	 * limit
	 * @return the line without its end
	 * @throws IOException where it does not end in CR LF or has another one of these, or
	 * NUL, in it
	 * @throws RequestRefusedException 413 where it is too large
	 */
	byte[] readLine(int maxSize) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream(128);
		while (true) {
			int c = read();
			if (maxSize >= 0 && line.size() + 2 > maxSize) {
				throw new RequestRefusedException(413, "The header of a part exceeds the maximum size");
			}
			if (c == '\r') {
				if (read() != '\n') {
					throw malformed();
				}
				return line.toByteArray();
			}
			if (c == '\n' || c == 0) {
				throw malformed();
			}
			line.write(c);
		}
	}

	// The index of the delimiter, or of what may be the beginning of one at the end of
	// the buffer, or the end. A delimiter has CR at its start only, so no octet is looked
	// at more than twice.
	private int findDelimiter() {
		int i = this.position;
		while (i < this.end) {
			if (this.buffer[i] != '\r') {
				i++;
				continue;
			}
			int length = 1;
			int available = Math.min(this.delimiter.length, this.end - i);
			while (length < available && this.buffer[i + length] == this.delimiter[length]) {
				length++;
			}
			if (length == available) {
				return i;
			}
			i += length;
		}
		return i;
	}

	private int read() throws IOException {
		if (this.position == this.end && !fill()) {
			throw truncated();
		}
		return this.buffer[this.position++] & 0xFF;
	}

	// There is always room: what is kept is at most the beginning of a delimiter.
	private boolean fill() throws IOException {
		int kept = this.end - this.position;
		System.arraycopy(this.buffer, this.position, this.buffer, 0, kept);
		this.position = 0;
		this.end = kept;
		int count = this.body.read(this.buffer, kept, this.buffer.length - kept);
		if (count <= 0) {
			return false;
		}
		this.end += count;
		this.received += count;
		if (this.maxSize >= 0 && this.received > this.maxSize) {
			throw new RequestRefusedException(413,
					"The multipart request exceeds the maximum size of " + this.maxSize + " bytes");
		}
		return true;
	}

	private static ProtocolException truncated() {
		return ProtocolException.badRequest("The multipart body ends before its last delimiter");
	}

	private static ProtocolException malformed() {
		return ProtocolException.badRequest("The multipart body is malformed");
	}

	/**
	 * Where the content of a part goes.
	 */
	interface Sink {

		/** Takes everything and forgets it. */
		Sink NONE = (octets, offset, length) -> {
		};

		/**
		 * Take some octets.
		 * @param octets valid during the call
		 * @param offset the index of the first
		 * @param length how many
		 * @throws IOException where they cannot be kept
		 */
		void write(byte[] octets, int offset, int length) throws IOException;

	}

}
