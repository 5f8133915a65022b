package io.millrace.demo.compare;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection of the load, one request at a time, each when its time has come. A
 * connection that breaks is opened anew, so that a copy which comes back finds its load
 * again.
 */
final class LoadConnection {

	// What is later than this is given up: a copy that was away is not flooded.
	private static final long LATEST = TimeUnit.SECONDS.toNanos(1);

	private static final int TIMEOUT_MILLIS = 10_000;

	private final int port;

	private final long interval;

	private final byte[] request;

	private final Answers answers;

	private long due;

	LoadConnection(int port, LoadOptions options, Answers answers) {
		this.port = port;
		this.interval = options.interval();
		this.request = ("GET " + options.path() + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		this.answers = answers;
	}

	/**
	 * Asks until the process ends.
	 * @param first when the first request is due, as {@link System#nanoTime()} has it
	 */
	void ask(long first) {
		this.due = first;
		while (true) {
			try (Socket socket = new Socket()) {
				socket.setTcpNoDelay(true);
				socket.setSoTimeout(TIMEOUT_MILLIS);
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), TIMEOUT_MILLIS);
				askOn(socket);
			}
			catch (IOException ex) {
				this.answers.addFailure();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
			}
		}
	}

	private void askOn(Socket socket) throws IOException {
		InputStream in = new BufferedInputStream(socket.getInputStream());
		boolean open = true;
		while (open) {
			awaitDue();
			socket.getOutputStream().write(this.request);
			Head head = readHead(in);
			skipBody(in, head);
			this.answers.add(System.nanoTime() - this.due, head.status < 400);
			this.due += this.interval;
			open = !head.last;
		}
	}

	private void awaitDue() {
		long now = System.nanoTime();
		if (this.interval == 0 || now - this.due > LATEST) {
			this.due = now;
		}
		while (this.due - now > 0) {
			LockSupport.parkNanos(this.due - now);
			now = System.nanoTime();
		}
	}

	private static Head readHead(InputStream in) throws IOException {
		Head head = new Head();
		head.status = Integer.parseInt(readLine(in).substring(9, 12));
		String line;
		while (!(line = readLine(in).toLowerCase(Locale.ROOT)).isEmpty()) {
			String value = line.substring(line.indexOf(':') + 1).trim();
			if (line.startsWith("content-length:")) {
				head.length = Long.parseLong(value);
			}
			else if (line.startsWith("transfer-encoding:")) {
				head.chunked = value.equals("chunked");
			}
			else if (line.startsWith("connection:")) {
				head.last = value.equals("close");
			}
		}
		return head;
	}

	private static void skipBody(InputStream in, Head head) throws IOException {
		if (!head.chunked) {
			in.skipNBytes(head.length);
			return;
		}
		long size;
		while ((size = Long.parseLong(readLine(in).split(";")[0].trim(), 16)) > 0) {
			in.skipNBytes(size);
			readLine(in);
		}
		while (!readLine(in).isEmpty()) {
			// A trailer field.
		}
	}

	private static String readLine(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		int next;
		while ((next = in.read()) != '\n') {
			if (next < 0) {
				throw new EOFException();
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	/** What is looked at of a response's head. */
	private static final class Head {

		private int status;

		private long length;

		private boolean chunked;

		private boolean last;

	}

}
