package io.millrace.core;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A client that sends the bytes it is given and understands just enough of HTTP/1.1 to
 * cut responses apart.
 */
public final class RawClient implements AutoCloseable {

	private final Socket socket;

	private final InputStream in;

	public RawClient(int port) throws IOException {
		this(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	public RawClient(Socket connected) throws IOException {
		this.socket = connected;
		this.socket.setSoTimeout(20_000);
		this.socket.setTcpNoDelay(true);
		this.in = new java.io.BufferedInputStream(this.socket.getInputStream());
	}

	public Socket socket() {
		return this.socket;
	}

	public RawClient send(String bytes) throws IOException {
		return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
	}

	public RawClient send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
		return this;
	}

	public RawClient get(String target) throws IOException {
		return send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
	}

	public Response receive() throws IOException {
		return receive(true);
	}

	public Response receiveHead() throws IOException {
		return receive(false);
	}

	private Response receive(boolean withBody) throws IOException {
		String statusLine = line();
		Map<String, String> headers = new LinkedHashMap<>();
		String field;
		while (!(field = line()).isEmpty()) {
			int colon = field.indexOf(':');
			headers.merge(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip(),
					(first, second) -> first + ", " + second);
		}
		int status = Integer.parseInt(statusLine.split(" ")[1]);
		byte[] body = new byte[0];
		if (withBody && status >= 200 && status != 204 && status != 304) {
			body = body(headers);
		}
		return new Response(statusLine, status, headers, new String(body, StandardCharsets.UTF_8));
	}

	private byte[] body(Map<String, String> headers) throws IOException {
		if (headers.containsKey("content-length")) {
			int length = Integer.parseInt(headers.get("content-length"));
			byte[] body = this.in.readNBytes(length);
			if (body.length < length) {
				throw new EOFException("The body is " + body.length + " of " + length + " bytes");
			}
			return body;
		}
		if ("chunked".equals(headers.get("transfer-encoding"))) {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			int size;
			while ((size = Integer.parseInt(line(), 16)) > 0) {
				body.write(this.in.readNBytes(size));
				line();
			}
			String trailer;
			while (!(trailer = line()).isEmpty()) {
				headers.put("trailer-" + trailer.substring(0, trailer.indexOf(':')).toLowerCase(Locale.ROOT),
						trailer.substring(trailer.indexOf(':') + 1).strip());
			}
			return body.toByteArray();
		}
		return this.in.readAllBytes();
	}

	public String line() throws IOException {
		StringBuilder line = new StringBuilder();
		int c;
		while ((c = this.in.read()) != '\n') {
			if (c < 0) {
				throw new EOFException("The connection was closed after '" + line + "'");
			}
			line.append((char) c);
		}
		return line.substring(0, line.length() - 1);
	}

	/**
	 * Read to the end of the connection.
	 * @return what came
	 */
	public String readAll() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	public InputStream in() {
		return this.in;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	public record Response(String statusLine, int status, Map<String, String> headers, String body) {

		public String header(String name) {
			return this.headers.get(name.toLowerCase(Locale.ROOT));
		}

	}

}
