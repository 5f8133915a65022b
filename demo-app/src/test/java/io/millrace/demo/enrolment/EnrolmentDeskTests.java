package io.millrace.demo.enrolment;

import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
class EnrolmentDeskTests extends AbstractEnrolmentDeskTests {

}
