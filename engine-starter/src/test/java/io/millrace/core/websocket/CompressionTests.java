package io.millrace.core.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.millrace.core.websocket.FrameClient.Frame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.millrace.core.websocket.FrameClient.BINARY;
import static io.millrace.core.websocket.FrameClient.CONTINUATION;
import static io.millrace.core.websocket.FrameClient.FIN;
import static io.millrace.core.websocket.FrameClient.PING;
import static io.millrace.core.websocket.FrameClient.RSV1;
import static io.millrace.core.websocket.FrameClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 7692 over a socket.
 */
class CompressionTests {

	private static final String JSON = "{\"name\":\"Millrace\",\"kind\":\"a channel that leads water to a wheel\"}"
		.repeat(40);

	private static EchoServer server;

	private static EchoServer keeping;

	@BeforeAll
	static void start() throws IOException {
		server = new EchoServer(WebSocketOptions.defaults());
		keeping = new EchoServer(new WebSocketOptions(1024 * 1024, 0, WebSocketTimeouts.defaults(), true, true));
	}

	@AfterAll
	static void stop() {
		server.close();
		keeping.close();
	}

	@BeforeEach
	void forget() {
		server.forget();
	}

	// The agreement

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			textBlock = """
					permessage-deflate | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					permessage-deflate; client_max_window_bits | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					permessage-deflate; client_max_window_bits=10 | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					permessage-deflate;server_max_window_bits=9 | permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9
					permessage-deflate; server_max_window_bits="10" | permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10
					permessage-deflate; server_no_context_takeover; client_no_context_takeover | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					permessage-deflate; unknown, permessage-deflate; client_max_window_bits | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					x-other; a=b, permessage-deflate | permessage-deflate; server_no_context_takeover; client_no_context_takeover
					permessage-deflate; unknown=1 | -
					permessage-deflate; server_max_window_bits | -
					permessage-deflate; server_max_window_bits=16 | -
					permessage-deflate; server_max_window_bits=7 | -
					permessage-deflate; server_max_window_bits=08 | -
					permessage-deflate; client_max_window_bits=99 | -
					permessage-deflate; server_no_context_takeover=1 | -
					permessage-deflate; client_no_context_takeover; client_no_context_takeover | -
					x-webkit-deflate-frame | -
					""")
	void anOfferIsAcceptedOrNot(String offer, @Nullable String answer) throws Exception {
		try (FrameClient client = FrameClient.open(server.port(), "/", "Sec-WebSocket-Extensions: " + offer)) {
			assertThat(client.response().header("Sec-WebSocket-Extensions")).isEqualTo(answer);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					permessage-deflate | permessage-deflate
					permessage-deflate; server_no_context_takeover | permessage-deflate; server_no_context_takeover
					permessage-deflate; client_no_context_takeover | permessage-deflate; client_no_context_takeover
					permessage-deflate; server_max_window_bits=15 | permessage-deflate
					permessage-deflate; server_max_window_bits=12 | permessage-deflate; server_no_context_takeover; server_max_window_bits=12
					""")
	void anOfferIsAcceptedWithContextTakeover(String offer, String answer) throws Exception {
		try (FrameClient client = FrameClient.open(keeping.port(), "/", "Sec-WebSocket-Extensions: " + offer)) {
			assertThat(client.response().header("Sec-WebSocket-Extensions")).isEqualTo(answer);
		}
	}

	@Test
	void nothingIsAgreedOnThatNobodyOffers() throws Exception {
		try (FrameClient client = FrameClient.open(server.port(), "/")) {
			assertThat(client.response().header("Sec-WebSocket-Extensions")).isNull();
			client.frame(FIN | RSV1 | TEXT, deflate(JSON));
			assertThat(client.receive().code()).isEqualTo(1002);
		}
	}

	// Messages

	@Test
	void aMessageIsCompressedBothWays() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			for (int i = 0; i < 3; i++) {
				client.frame(FIN | RSV1 | TEXT, deflate(JSON));
				Frame echo = client.receive();
				assertThat(echo.first()).isEqualTo(FIN | RSV1 | TEXT);
				assertThat(echo.payload().length).isLessThan(JSON.length() / 10);
				assertThat(inflate(echo.payload(), new Inflater(true)))
					.isEqualTo(JSON.getBytes(StandardCharsets.UTF_8));
			}
		}
	}

	@Test
	void messagesReferToEarlierOnesWithContextTakeover() throws Exception {
		try (FrameClient client = open(keeping, "permessage-deflate")) {
			byte[] noise = new byte[2000];
			new Random(1).nextBytes(noise);
			Deflater deflater = new Deflater(9, true);
			Inflater inflater = new Inflater(true);
			int first = 0;
			for (int i = 0; i < 4; i++) {
				client.frame(FIN | RSV1 | BINARY, deflate(noise, deflater, Deflater.SYNC_FLUSH));
				Frame echo = client.receive();
				assertThat(echo.first()).isEqualTo(FIN | RSV1 | BINARY);
				assertThat(inflate(echo.payload(), inflater)).isEqualTo(noise);
				first = (i == 0) ? echo.payload().length : first;
				assertThat(echo.payload().length).isLessThan((i == 0) ? 2100 : first / 10);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 9, 12, 14 })
	void whatIsSentFitsTheWindowOfTheClient(int bits) throws Exception {
		try (FrameClient client = open(server, "permessage-deflate; server_max_window_bits=" + bits)) {
			byte[] block = new byte[700];
			new Random(bits).nextBytes(block);
			for (int i = 0; i < block.length; i++) {
				block[i] &= 0x0F;
			}
			ByteArrayOutputStream message = new ByteArrayOutputStream();
			for (int i = 0; i < 60; i++) {
				message.writeBytes(block);
			}
			client.frame(FIN | BINARY, message.toByteArray());
			Frame echo = client.receive();
			assertThat(echo.first()).isEqualTo(FIN | RSV1 | BINARY);
			assertThat(Windows.furthest(echo.payload())).isPositive().isLessThanOrEqualTo(1 << bits);
			assertThat(inflate(echo.payload(), new Inflater(true))).isEqualTo(message.toByteArray());
		}
	}

	@Test
	void smallMessagesAndThoseThatDoNotGetSmallerAreSentAsTheyAre() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			byte[] noise = new byte[5000];
			new Random(2).nextBytes(noise);
			client.frame(FIN | RSV1 | BINARY, deflate(noise, new Deflater(1, true), Deflater.SYNC_FLUSH));
			assertThat(client.receive()).satisfies((echo) -> {
				assertThat(echo.first()).isEqualTo(FIN | BINARY);
				assertThat(echo.payload()).isEqualTo(noise);
			});
			client.frame(FIN | RSV1 | TEXT, deflate("small"));
			assertThat(client.receive()).satisfies((echo) -> {
				assertThat(echo.first()).isEqualTo(FIN | TEXT);
				assertThat(echo.text()).isEqualTo("small");
			});
		}
	}

	@Test
	void aLargeMessageIsCompressedByWorkersOnly() throws Exception {
		WebSocketOptions options = new WebSocketOptions(4 * 1024 * 1024, 0, WebSocketTimeouts.defaults(), true, false);
		try (EchoServer large = new EchoServer(options)) {
			byte[] message = new byte[1024 * 1024 + 1];
			for (String path : List.of("/", "/worker")) {
				try (FrameClient client = FrameClient.open(large.port(), path,
						"Sec-WebSocket-Extensions: permessage-deflate")) {
					client.frame(FIN | BINARY, message);
					assertThat(client.receive().first())
						.isEqualTo(path.equals("/") ? FIN | BINARY : FIN | RSV1 | BINARY);
				}
			}
		}
	}

	@Test
	void aCompressedMessageMayBeFragmentedWithPingsBetween() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			byte[] compressed = deflate("Hello");
			client.frame(RSV1 | TEXT, Arrays.copyOf(compressed, 3)).frame(FIN | PING, "between");
			client.frame(FIN | CONTINUATION, Arrays.copyOfRange(compressed, 3, compressed.length));
			assertThat(client.receive().text()).isEqualTo("between");
			assertThat(client.receive().text()).isEqualTo("Hello");
		}
	}

	// The examples of RFC 7692 §7.2.3.
	@ParameterizedTest
	@ValueSource(
			strings = { "f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000", "f24805000000ffffcac9c90700" })
	void whatTheStandardShowsIsUnderstood(String hex) throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			client.frame(FIN | RSV1 | TEXT, HexFormat.of().parseHex(hex));
			assertThat(client.receive().text()).isEqualTo("Hello");
		}
	}

	@Test
	void aMessageOfNothingMayBeCompressed() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			client.frame(FIN | RSV1 | TEXT, new byte[] { 0 });
			assertThat(client.receive().payload()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { RSV1 | CONTINUATION | FIN, RSV1 | PING | FIN })
	void onlyTheFirstFrameOfAMessageSaysThatItIsCompressed(int second) throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			client.frame(RSV1 | TEXT, new byte[0]).frame(second, new byte[0]);
			assertThat(client.receive().code()).isEqualTo(1002);
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	// Limits

	@Test
	void aBombIsRefused() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			byte[] bomb = deflate(new byte[30_000_000], new Deflater(9, true), Deflater.SYNC_FLUSH);
			assertThat(bomb.length).isLessThan(64 * 1024);
			client.frame(FIN | RSV1 | BINARY, bomb);
			assertThat(client.receive().code()).isEqualTo(1009);
			assertThat(client.isAtEnd()).isTrue();
			assertThat(server.awaitClosed().code()).isEqualTo(1009);
		}
	}

	@ParameterizedTest
	@CsvSource({ "65536, true", "65537, false" })
	void theLimitIsOfWhatIsDecompressed(int size, boolean accepted) throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			byte[] noise = new byte[size];
			new Random(3).nextBytes(noise);
			client.frame(FIN | RSV1 | BINARY, deflate(noise, new Deflater(1, true), Deflater.SYNC_FLUSH));
			Frame answer = client.receive();
			if (accepted) {
				assertThat(answer.payload()).isEqualTo(noise);
			}
			else {
				assertThat(answer.code()).isEqualTo(1009);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ffffffffff", "0705", "f848cdc9" })
	void whatIsNotCompressedIsRefused(String hex) throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			client.frame(FIN | RSV1 | BINARY, HexFormat.of().parseHex(hex));
			assertThat(client.receive().code()).isEqualTo(1007);
			assertThat(client.isAtEnd()).isTrue();
		}
	}

	@Test
	void whatIsDecompressedToNoTextIsRefused() throws Exception {
		try (FrameClient client = open(server, "permessage-deflate")) {
			client.frame(FIN | RSV1 | TEXT,
					deflate(new byte[] { (byte) 0xED, (byte) 0xA0, (byte) 0x80 }, new Deflater(), Deflater.SYNC_FLUSH));
			assertThat(client.receive().code()).isEqualTo(1007);
		}
	}

	private static FrameClient open(EchoServer server, String offer) throws IOException {
		return FrameClient.open(server.port(), "/", "Sec-WebSocket-Extensions: " + offer);
	}

	private static byte[] deflate(String text) {
		return deflate(text.getBytes(StandardCharsets.UTF_8), new Deflater(9, true), Deflater.SYNC_FLUSH);
	}

	private static byte[] deflate(byte[] bytes, Deflater deflater, int flush) {
		deflater.setInput(bytes);
		byte[] out = new byte[bytes.length + 1000];
		int size = deflater.deflate(out, 0, out.length, flush);
		return Arrays.copyOf(out, size - 4);
	}

	private static byte[] inflate(byte[] bytes, Inflater inflater) throws DataFormatException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		byte[] part = new byte[8192];
		for (byte[] input : new byte[][] { bytes, HexFormat.of().parseHex("0000ffff") }) {
			inflater.setInput(input);
			int size;
			while ((size = inflater.inflate(part)) > 0) {
				out.write(part, 0, size);
			}
		}
		return out.toByteArray();
	}

}
