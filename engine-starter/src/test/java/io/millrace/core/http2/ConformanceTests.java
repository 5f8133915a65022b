package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * One server for all cases of a class, and a connection for each of them on which both
 * sides have agreed on their settings. What is wrong has to be counted once, and nothing
 * may be logged.
 */
abstract class ConformanceTests {

	private static Http2TestServer server;

	private FrameClient client;

	private int errors;

	@BeforeAll
	static void start() throws Exception {
		server = Http2TestServer.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void connect() throws Exception {
		this.errors = server.protocolErrors();
		this.client = FrameClient.connect(server.port());
	}

	@AfterEach
	void disconnect() throws Exception {
		this.client.close();
		server.awaitProtocolErrors(this.errors);
	}

	static Http2TestServer server() {
		return server;
	}

	FrameClient client() {
		return this.client;
	}

	/** The case needs another connection than the one that it was given. */
	FrameClient instead(FrameClient other) throws Exception {
		this.client.close();
		this.client = other;
		return other;
	}

	FrameClient send(Frame... frames) throws Exception {
		return this.client.send(frames);
	}

	Answer get(int stream, String path) throws Exception {
		return this.client.get(stream, path);
	}

	/** What was sent ends the connection, with one of these codes. */
	void isConnectionError(Http2Error... codes) throws Exception {
		this.errors++;
		this.client.assertConnectionError(codes);
	}

	/** What was sent ends its stream, with one of these codes, and nothing else. */
	void isStreamError(int stream, Http2Error... codes) throws Exception {
		this.errors++;
		this.client.assertStreamError(stream, codes);
	}

	/** What was sent ends its stream or the connection: the RFC leaves it open which. */
	void isError(int stream, Http2Error... codes) throws Exception {
		this.errors++;
		this.client.assertError(stream, codes);
	}

	/** The request is well-formed, but refused: it is counted all the same. */
	void isRefused() {
		this.errors++;
	}

}
