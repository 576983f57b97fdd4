/**
 * Sentences that the program writes, in Chinese: what is wrong with a field, notes of the configuration. As with gettext, the English
 * sentence is the key; `{name}` stands for whatever is there, `{name*}` for what is itself a sentence, `{path}` for the name of a field.
 */

import { PARAM_ZH } from './params.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  // Validators of requests, of parameters and of the configuration.
  'must be >= {n}': '不能小于 {n}',
  'must be <= {n}': '不能大于 {n}',
  'must be > {n}': '须大于 {n}',
  'must be < {n}': '须小于 {n}',
  'must be at least {n}': '不能小于 {n}',
  'must be at most {n}': '不能大于 {n}',
  'must be more than {n}': '须大于 {n}',
  'must be less than {n}': '须小于 {n}',
  'must be multiple of {n}': '须为 {n} 的倍数',
  'must be number': '须为数字',
  'must be integer': '须为整数',
  'must be string': '须为文字',
  'must be boolean': '须为是或否',
  'must be array': '须为列表',
  'must be object': '格式不正确',
  'must be null': '须为空',
  'must be equal to constant': '不是允许的值',
  'must be equal to one of the allowed values': '不是允许的值',
  'must be one of {list}': '须为以下之一：{list}',
  'must match a schema in anyOf': '不是允许的值',
  'must match exactly one schema in oneOf': '不是允许的值',
  'must match pattern "{pattern}"': '格式不正确',
  'must match pattern {pattern}': '格式不正确',
  'must match format "{format}"': '格式不正确',
  'must not have fewer than {n} characters': '至少 {n} 个字符',
  'must not have more than {n} characters': '最多 {n} 个字符',
  'must not have fewer than {n} items': '至少 {n} 项',
  'must not have more than {n} items': '最多 {n} 项',
  'must not have additional properties': '有未知的参数',
  'must not have duplicate items{which}': '有重复的项',
  'must have required property {name}': '缺少 {name}',
  'must have required properties {names}': '缺少 {names}',
  'schema is false': '不是已知的参数',
  'is not allowed. {help}': '不符合要求',
  'is not allowed': '不符合要求',
  'is one entry too many': '多了一项',
  'needs at least {n} entries': '至少 {n} 项',
  'may have at most {n} entries': '最多 {n} 项',
  'unknown key "{key}"{hint}': '未知的键“{key}”',
  'the key "{key}" is missing': '缺少“{key}”',
  // Cameras.
  'must begin with rtsp://, rtsps://, http:// or https://, or be the path of a video file':
    '须以 rtsp://、rtsps://、http:// 或 https:// 开头，或为视频文件的路径',
  'is no address; write special characters of a password as %2F, %40, …':
    '不是有效的地址；密码中的特殊字符请写作 %2F、%40 等',
  'environment variables are put in in the configuration file only': '环境变量只能用在配置文件中',
  'a video file must lie in the folder of the configuration file': '视频文件须位于配置文件所在的文件夹内',
  'a new address needs its user and password again, not ***':
    '更改地址时须重新填写用户名和密码，不能保留 ***',
  'there is another {what} "{id}"; each needs a name of its own': '“{id}”已被使用，请另取一个',
  // Zones.
  'a zone needs at least 3 points, this one has {n}': '区域至少需要 3 个顶点，现有 {n} 个',
  'point {n} ({x}, {y}) lies outside the picture: x and y go from 0 to 1': '第 {n} 个顶点在画面之外',
  'edges {a} and {b} cross each other': '第 {a} 条边与第 {b} 条边相交',
  'the points lie on a line: the zone has no area': '顶点在一条直线上，区域没有面积',
  'zone {id} is there twice': '区域 {id} 重复',
  'zone {id} of rule {rule} on camera {camera}: {why*}': '区域 {id}（规则 {rule}）：{why*}',
  'zone {id}: {why*}': '区域 {id}：{why*}',
  // Rules.
  'rule {rule} on camera {camera}: {why*}': '规则 {rule}：{why*}',
  'rule {rule} names zone {zone}, which does not exist': '规则 {rule} 所用的区域 {zone} 不存在',
  'this id is used twice on the camera': '该摄像机上有两条规则使用同一编号',
  'there is no kind {kind}; known kinds: {kinds}': '没有规则类型 {kind}',
  'mask {n}: {why*}': '屏蔽区 {n}：{why*}',
  'exemption {name}: {why*}': '豁免“{name}”：{why*}',
  'needs an area, labels or a schedule; to stop the rule altogether set enabled to false':
    '须设定范围、类别或时段之一；要停用整条规则请取消“启用”',
  'labels is empty': '没有选择类别',
  'schedule: {why*}': '时段：{why*}',
  'there is no time zone called {zone}': '没有时区 {zone}',
  'a schedule needs at least one window; leave it out to watch always':
    '至少需要一个时段；始终有效请取消时段',
  'window {n} names no day': '第 {n} 个时段没有选择星期',
  'window {n}: from is a time HH:MM from 00:00 to 23:59, not {text}':
    '第 {n} 个时段的开始时间须为 00:00 至 23:59',
  'window {n}: to is a time HH:MM up to 24:00, not {text}': '第 {n} 个时段的结束时间须为 00:00 至 24:00',
  'window {n}: {day} is not one of {days}': '第 {n} 个时段的星期“{day}”不正确',
  // Requests.
  'the district of this camera is not yours': '该摄像机所在城区不在您的范围内',
  'this camera was removed; a roll-back brings it back': '该摄像机已移除，可通过回退恢复',
  'one administrator with access to everything must remain': '至少须保留一名可见全部的管理员',
  'this role or access goes beyond your own': '该角色或范围超出您自己的权限',
  'the current password is wrong': '当前密码不正确',
  // Notes and authors that are no person.
  configuration: '配置文件',
  'from the configuration file': '来自配置文件',
  'the configuration file changed': '配置文件已更改',
  'the configuration file does not name the camera any more': '配置文件中已没有该摄像机',
  'the camera was added': '添加了摄像机',
};

interface Entry {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly chinese: string;
}

const ENTRIES: readonly Entry[] = Object.entries(SENTENCES).map(([english, chinese]) => {
  const names: string[] = [];
  const pattern = english
    .split(/(\{\w+\*?\})/)
    .map((part) => {
      const name = /^\{(\w+\*?)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      names.push(name);
      return '(.*?)';
    })
    .join('');
  // ajv shouts `NOT`, TypeBox does not.
  return { pattern: new RegExp(`^${pattern}$`, 'is'), names, chinese };
});

/** The Chinese of a sentence, or the sentence itself when it is not known. */
export function sentenceZh(english: string): string {
  for (const { pattern, names, chinese } of ENTRIES) {
    const found = pattern.exec(english);
    if (!found) continue;
    return chinese.replaceAll(/\{(\w+\*?)\}/g, (_all, name: string) => {
      const text = found[names.indexOf(name) + 1] ?? '';
      return name.endsWith('*') ? sentenceZh(text) : text;
    });
  }
  return listZh(english) ?? english;
}

/** Several at once, each with its field: `params /dwellS must be >= 1; /classes must be array`. */
function listZh(english: string): string | undefined {
  const parts = english.replace(/^params /, '').split('; ');
  const chinese = parts.map((part) => {
    const found = /^(?:\/|(?:body\/)?([\w/.-]+):? |\/([\w/-]+) )(.+)$/s.exec(part);
    if (!found) return parts.length > 1 ? knownZh(part) : undefined;
    const [, dotted, slashed, message] = found;
    const text = knownZh(message!.trim());
    const path = dotted ?? slashed;
    return text === undefined ? undefined : path === undefined ? text : `${fieldZh(path)}${text}`;
  });
  // A validator names every branch that did not fit.
  return chinese.every((part) => part !== undefined) ? [...new Set(chinese)].join('；') : undefined;
}

function knownZh(english: string): string | undefined {
  const chinese = sentenceZh(english);
  return chinese === english ? undefined : chinese;
}

/** `dwellS` as `停留时长（dwellS）`: whatever the kind, a parameter of one name is one thing. */
function fieldZh(path: string): string {
  const name = path.split(/[/.]/).findLast((step) => !/^\d+$/.test(step) && step !== '') ?? path;
  const known = Object.entries(PARAM_ZH).find(([key]) => key.endsWith(`.${name}`));
  return known ? `“${known[1][0]}”（${name}）` : `“${name}”`;
}
