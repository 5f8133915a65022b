package io.millrace.core.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.millrace.core.websocket.FrameClient.Frame;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.millrace.core.websocket.FrameClient.BINARY;
import static io.millrace.core.websocket.FrameClient.CLOSE;
import static io.millrace.core.websocket.FrameClient.CONTINUATION;
import static io.millrace.core.websocket.FrameClient.FIN;
import static io.millrace.core.websocket.FrameClient.PING;
import static io.millrace.core.websocket.FrameClient.PONG;
import static io.millrace.core.websocket.FrameClient.RSV1;
import static io.millrace.core.websocket.FrameClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 6455 from its §5 to its §8, byte by byte over a socket.
 */
class FramingTests {

	private static EchoServer server;

	private FrameClient client;

	@BeforeAll
	static void start() throws IOException {
		server = new EchoServer(WebSocketOptions.defaults());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void open() throws Exception {
		server.forget();
		this.client = FrameClient.open(server.port(), "/");
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
	}

	// Framing

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125, 126, 127, 128, 4086, 4087, 65535, 65536 })
	void aTextOfAnySizeComesBack(int size) throws Exception {
		assertEcho(TEXT, "*".repeat(size).getBytes(StandardCharsets.US_ASCII));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125, 126, 127, 128, 4086, 4087, 65535, 65536 })
	void bytesOfAnySizeComeBack(int size) throws Exception {
		byte[] payload = new byte[size];
		Arrays.fill(payload, (byte) 0xFE);
		assertEcho(BINARY, payload);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 997 })
	void aMessageMayComeInPiecesOfTheNetwork(int piece) throws Exception {
		byte[] frame = FrameClient.bytes(FIN | TEXT, "ä".repeat(600).getBytes(StandardCharsets.UTF_8));
		for (int i = 0; i < frame.length; i += piece) {
			this.client.raw(Arrays.copyOfRange(frame, i, Math.min(i + piece, frame.length)));
		}
		assertThat(this.client.receive().text()).isEqualTo("ä".repeat(600));
		assertGoodbye();
	}

	@Test
	void manyMessagesInOnePieceComeBackInTheirOrder() throws Exception {
		ByteBuffer all = ByteBuffer.allocate(64 * 1024);
		IntStream.range(0, 1000)
			.forEach((i) -> all.put(FrameClient.bytes(FIN | TEXT, ("message " + i).getBytes(StandardCharsets.UTF_8))));
		this.client.raw(Arrays.copyOf(all.array(), all.position()));
		for (int i = 0; i < 1000; i++) {
			assertThat(this.client.receive().text()).isEqualTo("message " + i);
		}
		assertGoodbye();
	}

	@Test
	void aFrameWithoutMaskIsRefused() throws Exception {
		this.client.raw("81 05 48 65 6c 6c 6f");
		assertRefused(1002);
	}

	@ParameterizedTest
	@ValueSource(strings = { "81 fe 00 05 00000000 4865", "81 ff 0000000000000005 00000000 4865",
			"81 ff 8000000000000005 00000000", "81 ff 000000000000ffff 00000000" })
	void aLengthThatIsNotInItsShortestFormIsRefused(String hex) throws Exception {
		this.client.raw(hex);
		assertRefused(1002);
	}

	// Ping and pong

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125 })
	void aPingIsAnsweredWithWhatItSays(int size) throws Exception {
		byte[] payload = new byte[size];
		Arrays.fill(payload, (byte) 0xFE);
		this.client.frame(FIN | PING, payload);
		Frame pong = this.client.receive();
		assertThat(pong.first()).isEqualTo(FIN | PONG);
		assertThat(pong.payload()).isEqualTo(payload);
		assertGoodbye();
	}

	@Test
	void aPingThatIsTooLargeIsRefused() throws Exception {
		this.client.frame(FIN | PING, new byte[126]);
		assertRefused(1002);
	}

	@Test
	void aPongThatNobodyHasAskedForIsToldAndNotAnswered() throws Exception {
		this.client.frame(FIN | PONG, "unasked").text("after");
		assertThat(this.client.receive().text()).isEqualTo("after");
		assertThat(server.told()).contains("pong 7");
		assertGoodbye();
	}

	@Test
	void pingsAreAnsweredInTheirOrder() throws Exception {
		for (int i = 0; i < 10; i++) {
			this.client.frame(FIN | PING, "payload-" + i);
		}
		for (int i = 0; i < 10; i++) {
			assertThat(this.client.receive().text()).isEqualTo("payload-" + i);
		}
		assertGoodbye();
	}

	// Reserved bits and opcodes

	@ParameterizedTest
	@ValueSource(ints = { 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70 })
	void reservedBitsAreRefusedInTheMiddleOfMessages(int bits) throws Exception {
		this.client.text("before").frame(FIN | bits | TEXT, "reserved").frame(FIN | PING, "");
		assertThat(this.client.receive().text()).isEqualTo("before");
		assertRefused(1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { PING | RSV1, CLOSE | RSV1 | 0x30, BINARY | 0x20 })
	void reservedBitsAreRefusedInAllFrames(int first) throws Exception {
		this.client.frame(FIN | first, new byte[8]);
		assertRefused(1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
	void reservedOpcodesAreRefused(int opcode) throws Exception {
		this.client.text("before").frame(FIN | opcode, new byte[0]).frame(FIN | PING, "");
		assertThat(this.client.receive().text()).isEqualTo("before");
		assertRefused(1002);
	}

	// Fragments

	@ParameterizedTest
	@ValueSource(ints = { PING, PONG, CLOSE })
	void aControlFrameIsNoFragment(int opcode) throws Exception {
		this.client.frame(opcode, "").frame(FIN | CONTINUATION, "");
		assertRefused(1002);
	}

	@Test
	void fragmentsArePutTogether() throws Exception {
		this.client.frame(TEXT, "fragment1").frame(CONTINUATION, "").frame(FIN | CONTINUATION, "fragment2");
		Frame whole = this.client.receive();
		assertThat(whole.first()).isEqualTo(FIN | TEXT);
		assertThat(whole.text()).isEqualTo("fragment1fragment2");
		assertGoodbye();
	}

	@Test
	void fragmentsWithNothingInThemAreAMessage() throws Exception {
		this.client.frame(TEXT, "").frame(CONTINUATION, "").frame(FIN | CONTINUATION, "");
		assertThat(this.client.receive().text()).isEmpty();
		assertGoodbye();
	}

	@Test
	void controlFramesComeBetweenFragments() throws Exception {
		this.client.frame(TEXT, "one ").frame(FIN | PING, "p1").frame(CONTINUATION, "two ");
		this.client.frame(FIN | PING, "p2").frame(FIN | CONTINUATION, "three");
		assertThat(this.client.receive().text()).isEqualTo("p1");
		assertThat(this.client.receive().text()).isEqualTo("p2");
		assertThat(this.client.receive().text()).isEqualTo("one two three");
		assertGoodbye();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aContinuationOfNothingIsRefused(boolean last) throws Exception {
		this.client.frame((last ? FIN : 0) | CONTINUATION, "nothing").text("after");
		assertRefused(1002);
	}

	@Test
	void aContinuationAfterAWholeMessageIsRefused() throws Exception {
		this.client.text("whole").frame(FIN | CONTINUATION, "more");
		assertThat(this.client.receive().text()).isEqualTo("whole");
		assertRefused(1002);
	}

	@ParameterizedTest
	@ValueSource(ints = { FIN | TEXT, TEXT, FIN | BINARY })
	void aMessageWithinAnotherIsRefused(int first) throws Exception {
		this.client.frame(TEXT, "begun").frame(first, "another");
		assertRefused(1002);
	}

	// UTF-8

	@ParameterizedTest
	@ValueSource(strings = { "cebae1bdb9cf83cebcceb5", "f48fbfbf", "ed9fbf", "ee8080", "efbfbd", "efbfbe", "efbfbf",
			"f0908080", "c280", "dfbf", "e0a080", "00", "7f", "f0afbfbf", "48656c6c6f2dc2b540c39fc3b6c3a4" })
	void allOfUnicodeComesBack(String hex) throws Exception {
		byte[] text = HexFormat.of().parseHex(hex);
		assertEcho(TEXT, text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "cebae1bdb9cf83cebcceb5", "f48fbfbf", "f0908080", "e0a080" })
	void aCharacterMayBeSpreadOverFragments(String hex) throws Exception {
		byte[] text = HexFormat.of().parseHex(hex);
		for (int i = 0; i < text.length; i++) {
			int first = ((i == 0) ? TEXT : CONTINUATION) | ((i == text.length - 1) ? FIN : 0);
			this.client.frame(first, new byte[] { text[i] });
		}
		assertThat(this.client.receive().payload()).isEqualTo(text);
		assertGoodbye();
	}

	@ParameterizedTest
	@ValueSource(strings = { "cebae1bdb9cf83cebcceb5eda080656469746564", "80", "bf", "c0", "c080", "c1bf", "e08080",
			"e09fbf", "eda080", "edbfbf", "eda080edb080", "f0808080", "f08fbfbf", "f4908080", "f5", "f888808080", "fe",
			"ff", "c320", "e282", "f09f98", "48656c6c6fc3", "ce", "20202020202020202020e0a0" })
	void whatIsNoTextIsRefused(String hex) throws Exception {
		this.client.frame(FIN | TEXT, HexFormat.of().parseHex(hex));
		assertRefused(1007);
	}

	@Test
	void whatIsNoTextIsRefusedBeforeItsFrameIsWhole() throws Exception {
		byte[] frame = FrameClient.bytes(FIN | TEXT, HexFormat.of().parseHex("cebae1bdb9f4908080656469746564"));
		// Up to the byte that makes it wrong, and no further.
		this.client.raw(Arrays.copyOf(frame, 6 + 7));
		assertRefused(1007);
	}

	@Test
	void whatIsNoTextIsRefusedBeforeItsMessageIsWhole() throws Exception {
		this.client.frame(TEXT, HexFormat.of().parseHex("cebae1bdb9cf83cebcceb5f490"));
		assertRefused(1007);
	}

	@Test
	void bytesThatAreNoTextAreNoText() throws Exception {
		assertEcho(BINARY, HexFormat.of().parseHex("f4908080ff"));
	}

	// Close

	@ParameterizedTest
	@ValueSource(
			ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
	void aCloseIsAnsweredWithItsCode(int code) throws Exception {
		this.client.close(code, "bye");
		assertThat(this.client.receive().code()).isEqualTo(code);
		assertThat(this.client.isAtEnd()).isTrue();
		assertThat(server.awaitClosed()).isEqualTo(new EchoServer.Closed(code, "bye", false));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
	void aCloseWithACodeThatMayNotBeSentIsRefused(int code) throws Exception {
		this.client.close(code, "");
		assertRefused(1002);
	}

	@Test
	void aCloseThatSaysNothingIsAnsweredWithNothing() throws Exception {
		this.client.frame(FIN | CLOSE, "");
		assertThat(this.client.receive().payload()).isEmpty();
		assertThat(this.client.isAtEnd()).isTrue();
		assertThat(server.awaitClosed().code()).isEqualTo(1005);
	}

	@Test
	void aCloseWithHalfACodeIsRefused() throws Exception {
		this.client.frame(FIN | CLOSE, new byte[1]);
		assertRefused(1002);
	}

	@Test
	void aCloseWithATextThatIsNoneIsRefused() throws Exception {
		this.client.frame(FIN | CLOSE, HexFormat.of().parseHex("03e8cebae1bdb9eda080"));
		assertRefused(1007);
	}

	@Test
	void aCloseMayHaveATextOf123Bytes() throws Exception {
		this.client.close(1000, "x".repeat(123));
		assertThat(this.client.receive().code()).isEqualTo(1000);
		assertThat(server.awaitClosed().text()).hasSize(123);
	}

	@Test
	void aCloseThatIsTooLargeIsRefused() throws Exception {
		this.client.close(1000, "x".repeat(124));
		assertRefused(1002);
	}

	@Test
	void nothingCountsThatFollowsAClose() throws Exception {
		this.client.close(1000, "").text("after").frame(FIN | PING, "").close(1000, "again");
		assertThat(this.client.receive().code()).isEqualTo(1000);
		assertThat(this.client.isAtEnd()).isTrue();
		assertThat(server.told()).isEmpty();
	}

	@Test
	void aCloseEndsAMessageThatHasBegun() throws Exception {
		this.client.frame(TEXT, "begun").close(1000, "");
		assertThat(this.client.receive().code()).isEqualTo(1000);
		assertThat(this.client.isAtEnd()).isTrue();
	}

	@Test
	void aClientThatIsGoneHasClosedWithoutAWord() throws Exception {
		server.awaitOpened();
		this.client.close();
		assertThat(server.awaitClosed()).isEqualTo(new EchoServer.Closed(1006, "", true));
	}

	@Test
	void aClientThatResetsItsConnectionHasClosedWithoutAWord() throws Exception {
		server.awaitOpened();
		this.client.socket().setSoLinger(true, 0);
		this.client.close();
		assertThat(server.awaitClosed().code()).isEqualTo(1006);
	}

	// Limits

	@ParameterizedTest
	@ValueSource(strings = { "81 ff 0000000000010001", "82 ff 7fffffffffffffff" })
	void aMessageThatIsTooLargeIsRefusedBeforeItComes(String header) throws Exception {
		this.client.raw(header + "00000000");
		assertRefused(1009);
	}

	@Test
	void fragmentsThatAreTooLargeTogetherAreRefused() throws Exception {
		this.client.frame(BINARY, new byte[65000]).frame(CONTINUATION, new byte[536]);
		this.client.frame(FIN | CONTINUATION, new byte[1]);
		assertRefused(1009);
	}

	@Test
	void theApplicationMaySetAnotherLimit() throws Exception {
		WebSocketConnection connection = server.awaitOpened();
		connection.limit(10, 200_000);
		assertThat(connection.textLimit()).isEqualTo(10);
		assertThat(connection.binaryLimit()).isEqualTo(200_000);
		this.client.frame(FIN | BINARY, new byte[200_000]);
		assertThat(this.client.receive().payload()).hasSize(200_000);
		this.client.text("0123456789").text("0123456789a");
		assertThat(this.client.receive().text()).hasSize(10);
		assertRefused(1009);
	}

	// The receiver

	@Test
	void aReceiverThatFailsClosesTheConnection() throws Exception {
		this.client.text("fail!");
		assertThat(this.client.receive().code()).isEqualTo(1011);
		this.client.close(1011, "");
		assertThat(this.client.isAtEnd()).isTrue();
		assertThat(server.awaitClosed()).isEqualTo(new EchoServer.Closed(1011, "", false));
	}

	static Stream<String> pieces() {
		return Stream.of("€uro", "ab€", "€", "");
	}

	@ParameterizedTest
	@MethodSource("pieces")
	void piecesAreToldAsTheyCome(String text) throws Exception {
		try (FrameClient partial = FrameClient.open(server.port(), "/partial")) {
			byte[] begun = HexFormat.of().parseHex("6162e2");
			partial.frame(TEXT, begun);
			Frame first = partial.receive();
			assertThat(first.first()).isEqualTo(TEXT);
			assertThat(first.text()).isEqualTo("ab");
			partial.frame(FIN | CONTINUATION, rest(text));
			Frame last = partial.receive();
			assertThat(last.first()).isEqualTo(FIN | CONTINUATION);
			assertThat(last.text()).isEqualTo("€" + text);
		}
	}

	private static byte[] rest(String text) {
		byte[] more = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(2 + more.length).put((byte) 0x82).put((byte) 0xAC).put(more).array();
	}

	@Test
	void piecesHaveNoLimitTogether() throws Exception {
		try (FrameClient partial = FrameClient.open(server.port(), "/partial")) {
			partial.frame(FIN | BINARY, new byte[200_000]);
			int size = 0;
			Frame piece;
			do {
				piece = partial.receive();
				size += piece.payload().length;
				assertThat(piece.payload().length).isLessThanOrEqualTo(64 * 1024);
			}
			while ((piece.first() & FIN) == 0);
			assertThat(size).isEqualTo(200_000);
		}
	}

	@Test
	void aWorkerMayBeTold() throws Exception {
		try (FrameClient worker = FrameClient.open(server.port(), "/worker")) {
			for (int i = 0; i < 100; i++) {
				worker.text("message " + i);
			}
			for (int i = 0; i < 100; i++) {
				assertThat(worker.receive().text()).isEqualTo("message " + i);
			}
			worker.close(1000, "");
			assertThat(worker.receive().isClose()).isTrue();
			assertThat(worker.isAtEnd()).isTrue();
		}
	}

	private void assertEcho(int opcode, byte[] payload) throws IOException {
		this.client.frame(FIN | opcode, payload);
		Frame echo = this.client.receive();
		assertThat(echo.first()).isEqualTo(FIN | opcode);
		assertThat(echo.payload()).isEqualTo(payload);
		assertGoodbye();
	}

	// What follows shows that everything before was right.
	private void assertGoodbye() throws IOException {
		this.client.close(1000, "");
		assertThat(this.client.receive().code()).isEqualTo(1000);
		assertThat(this.client.isAtEnd()).isTrue();
	}

	private void assertRefused(int code) throws Exception {
		Frame close = this.client.receive();
		assertThat(close.isClose()).isTrue();
		assertThat(close.code()).isEqualTo(code);
		assertThat(this.client.isAtEnd()).isTrue();
		assertThat(server.awaitClosed().code()).isEqualTo(code);
		Awaitility.await().untilAsserted(() -> assertThat(server.told()).containsOnlyOnce("error websocket"));
	}

}
