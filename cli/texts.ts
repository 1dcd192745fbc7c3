import { SANDBOX_CHINESE, SANDBOX_ENGLISH } from './sandbox-texts.ts';

/** What the command line says by itself. The service's own texts, and names of fields, stay English. */
const ENGLISH = {
  ...SANDBOX_ENGLISH,
  about: 'The command line of the refund service.',
  apply: 'apply for the refund of a payment',
  get: 'read a refund',
  list: 'list refunds: of an order, of a day, those that are open, those that need attention',
  history: 'what happened to a refund, when and why',
  watch: 'what happens to a refund, until its end',
  number: 'your number of the refund; repeat it unchanged, never under another number',
  money: 'CNY yuan, such as 200.01',
  order: 'your number of the order',
  paybill: "LianLian's number of the payment",
  dateOfOrder: 'the date of the order, yyyyMMddHHmmss',
  reference: 'your own word for it',
  reason: 'why, in your own words',
  by: 'who asks for it',
  exchange: 'of a payment that was made in a foreign currency',
  alsoWatch: 'watch it to its end',
  timeout: 'how long to watch, in seconds',
  refresh: 'query the gateway first',
  day: 'a day, yyyymmdd in UTC+8',
  status: 'of the day, only this status',
  open: 'what the service still carries to its end',
  attention: 'what somebody must look at',
  limit: 'how many at most',
  json: 'print JSON, for programs',
  stage: 'a deployed stage, in place of the sandbox on this machine',
  url: "the API's URL, in place of the sandbox on this machine",
  region: "the region of the stage or of the URL; default: the one in serverless.yml, or in the URL's name",
  console:
    'The console: refunds, their stories and the messages of the gateway in the browser. It listens on 127.0.0.1 only, and calls the service with your AWS credentials.',
  key: "a file with the gateway's public key, to verify signatures; give it again for a further one",
  port: 'where the console listens',
  portInUse: 'The port is in use. Choose another one with --port.',
  consoleAt: 'The console:',
  examples: 'Examples:',
  statuses:
    'Exit status: 0 done; 1 the refund failed, was rejected, or the number is of another refund, or a notification was not acknowledged; 2 the command line cannot be used; 3 there is no such refund or notification; 4 the service gave an error or no answer: the same command may be given again; 5 the refund has not ended in time.',
  final: 'The refund {no_refund} is {status}.',
  recorded: 'The refund {no_refund} is recorded and {status}. The service carries it to its end.',
  notOver: 'The refund {no_refund} has not ended within {seconds} s, and goes on.',
  noStory: 'The story has not come yet: try again in a second.',
  none: 'There are none.',
  more: 'There are more: give a higher --limit.',
  totals: 'In all (CNY): succeeded {succeeded}, open {open}, failed {failed}, rejected {rejected}',
  both: 'Give --stage or --url, not both.',
  noUrl: '{url} is not a URL.',
  notHttps: '{url} is not https: your AWS credentials would be sent in clear. Give an https URL.',
  unread: 'AWS does not tell what is needed ({reason}). Check --stage, --region and your AWS credentials.',
  noCredentials:
    'No AWS credentials were found that can be used ({reason}). Log in (aws sso login, for example), choose a profile with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  noOutput: 'The stack {stack} has no output HttpApiUrl. Give --url.',
  otherwise: 'For a deployed stage, give --stage or --url.',
  oneOf: 'Give exactly one of --order, --paybill, --day, --open and --attention.',
  payment: 'Give --order, --paybill or both.',
  addHelp: 'Add --help for how to use it.',
};

export type Texts = typeof ENGLISH;

const CHINESE: Texts = {
  ...SANDBOX_CHINESE,
  about: '退款服务的命令行。',
  apply: '为一笔支付申请退款',
  get: '读取一笔退款',
  list: '列出退款：一个订单的、一天的、未结束的、需要处理的',
  history: '一笔退款的经过：什么时候发生了什么，为什么',
  watch: '实时显示一笔退款的经过，直到结束',
  number: '你的退款流水号；要重复就原样重复，绝不要换号',
  money: '人民币元，例如 200.01',
  order: '你的订单号',
  paybill: '连连的支付单号',
  dateOfOrder: '订单时间，yyyyMMddHHmmss',
  reference: '你自己的说明',
  reason: '退款原因',
  by: '申请人',
  exchange: '外币支付的退款',
  alsoWatch: '实时显示，直到结束',
  timeout: '最多显示多少秒',
  refresh: '先查询网关',
  day: '日期，yyyymmdd，UTC+8',
  status: '当天只列这个状态的',
  open: '服务还没办完的',
  attention: '需要人处理的',
  limit: '最多列多少笔',
  json: '输出 JSON，给程序用',
  stage: '已部署的环境，代替本机的沙箱',
  url: 'API 的地址，代替本机的沙箱',
  region: '环境或地址所在的区域；默认是 serverless.yml 里的，或地址里的',
  console: '控制台：在浏览器里查看退款、它们的经过和网关的报文。只监听 127.0.0.1，用你的 AWS 凭证调用服务。',
  key: '网关公钥文件，用来验签；有多个就重复给出',
  port: '控制台监听的端口',
  portInUse: '端口已被占用。请用 --port 换一个。',
  consoleAt: '控制台：',
  examples: '示例：',
  statuses:
    '退出状态：0 完成；1 退款失败、被拒绝，流水号属于另一笔退款，或通知未被确认；2 命令行不能用；3 没有这笔退款或这条通知；4 服务出错或没有应答：可以原样再执行；5 退款没有在限定时间内结束。',
  final: '退款 {no_refund} 的状态是 {status}。',
  recorded: '退款 {no_refund} 已记录，状态是 {status}。服务会自行把它办完。',
  notOver: '退款 {no_refund} 在 {seconds} 秒内没有结束，还在继续。',
  noStory: '经过还没有记录下来：请稍等一秒再试。',
  none: '没有。',
  more: '还有更多：请加大 --limit。',
  totals: '合计（人民币元）：成功 {succeeded}，未结束 {open}，失败 {failed}，被拒绝 {rejected}',
  both: '--stage 和 --url 只能给一个。',
  noUrl: '{url} 不是网址。',
  notHttps: '{url} 不是 https：AWS 凭证会以明文发送。请用 https 地址。',
  unread: 'AWS 没有给出所需的信息（{reason}）。请检查 --stage、--region 和 AWS 凭证。',
  noCredentials:
    '没有找到可用的 AWS 凭证（{reason}）。请登录（例如 aws sso login）、用 AWS_PROFILE 选择一个配置，或者设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。',
  noOutput: '堆栈 {stack} 没有输出 HttpApiUrl。请用 --url。',
  otherwise: '要访问已部署的环境，请用 --stage 或 --url。',
  oneOf: '--order、--paybill、--day、--open、--attention 必须且只能给一个。',
  payment: '请给出 --order、--paybill，或两者都给。',
  addHelp: '加上 --help 查看用法。',
};

/** In Chinese where the environment's language is. */
export function textsFor({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Texts {
  return /^zh\b|^zh_/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? CHINESE : ENGLISH;
}

/** Puts values in the place of `{names}`. */
export function filled(text: string, values: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''));
}
